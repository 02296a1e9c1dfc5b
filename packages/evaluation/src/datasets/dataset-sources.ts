/** Where a benchmark is to be had. Nothing is downloaded: users bring the file, and `checkDataset` checks it. */
export interface DatasetSource {
  readonly name: string;
  /** Forms that are published, each with its address. */
  readonly files: readonly { readonly what: string; readonly url: string }[];
  readonly licence: string;
  readonly paper: string;
}

export const datasetSources: readonly DatasetSource[] = [
  {
    name: 'CounterFact',
    files: [
      {
        what: 'original schema, 21,919 records',
        url: 'https://rome.baulab.info/data/dsets/counterfact.json',
      },
      {
        what: "EasyEdit's flat form (counterfact-edit.json; the README links the archive)",
        url: 'https://github.com/zjunlp/EasyEdit',
      },
    ],
    licence: 'MIT, (c) 2022 Kevin Meng (https://github.com/kmeng01/rome)',
    paper: 'Meng, Bau, Andonian, Belinkov: Locating and Editing Factual Associations in GPT, NeurIPS 2022',
  },
  {
    name: 'RippleEdits',
    files: [
      {
        what: 'POPULAR, RANDOM and RECENT: popular.json, random.json, recent.json in data/benchmark (Git LFS)',
        url: 'https://github.com/edenbiran/RippleEdits',
      },
    ],
    licence: 'MIT, (c) 2023 Eden Biran',
    paper:
      'Cohen, Biran, Yoran, Globerson, Geva: Evaluating the Ripple Effects of Knowledge Editing in Language Models, TACL 2024',
  },
];
