/** Numbers of a method in a publication, by our metric names; shares in 0..1. */
export interface PublishedRow {
  /** As the publication names it. */
  readonly method: string;
  readonly values: Readonly<Record<string, number>>;
  /** Where another than the table's. */
  readonly model?: string;
}

/** A table of a publication whose numbers may stand beside ours; of another model than any of ours. */
export interface PublishedTable {
  readonly name: string;
  /** The suite of ours that asks the same. */
  readonly suite: string;
  readonly title: string;
  readonly model: string;
  /** Edits in it, where they are told. */
  readonly edits?: number;
  readonly source: string;
  readonly rows: readonly PublishedRow[];
}

const SAKE_PAPER =
  'Scialanga et al. (2025), "SAKE: Steering Activations for Knowledge Editing", arXiv 2503.01751';
const GPT2_XL = 'GPT2-XL';

const counterFact = (
  method: string,
  accuracy: number,
  generality: number,
  specificity: number,
): PublishedRow => ({ method, values: { accuracy, generality, specificity } });

const popular = (
  method: string,
  compositionalityI: number,
  compositionalityII: number,
  subjectAliasing: number,
  relationSpecificity: number,
): PublishedRow => ({
  method,
  values: { compositionalityI, compositionalityII, subjectAliasing, relationSpecificity },
});

const doubt = (method: string, doubtIndirect: number, doubtDirect: number): PublishedRow => ({
  method,
  values: { doubtIndirect, doubtDirect },
});

const ablation = (method: string, accuracy: number, generality: number): PublishedRow => ({
  method,
  values: { accuracy, generality },
});

/** The published numbers that results are shown beside. */
export const publishedTables: readonly PublishedTable[] = [
  {
    name: 'counterfact',
    suite: 'counterfact',
    title: 'CounterFact',
    model: GPT2_XL,
    edits: 2000,
    source: SAKE_PAPER,
    rows: [
      counterFact('ROME', 0.9955, 0.737, 0.8267),
      counterFact('MEMIT', 0.6, 0.366, 0.6721),
      counterFact('ActAdd', 0.85, 0.2978, 0.8275),
      counterFact('SAKE', 0.97, 0.8485, 0.8452),
    ],
  },
  {
    name: 'counterfact-llama',
    suite: 'counterfact',
    title: 'CounterFact',
    model: 'LLaMA 2-7B',
    edits: 2000,
    source: SAKE_PAPER,
    rows: [
      counterFact('ROME', 0.9995, 0.682, 0.9348),
      counterFact('MEMIT', 0.744, 0.5513, 0.7437),
      counterFact('SAKE', 0.977, 0.8203, 0.8559),
    ],
  },
  {
    name: 'popular',
    suite: 'popular',
    title: 'Popular',
    model: GPT2_XL,
    source: SAKE_PAPER,
    rows: [
      popular('ROME', 0.3862, 0.1667, 0.5196, 0.3943),
      popular('MEMIT', 0.0247, 0.0195, 0.0717, 0.0375),
      popular('ActAdd', 0.2663, 0.2917, 0.4212, 0.5068),
      popular('SAKE', 0.5, 0.3333, 0.5459, 0.5839),
    ],
  },
  {
    name: 'popular-prompt',
    suite: 'popular',
    title: 'Popular, the strongest published prompt',
    model: 'GPT-NeoX and LLaMA-7B',
    source: 'Cohen et al. (2024), "Evaluating the Ripple Effects of Knowledge Editing in Language Models"',
    rows: [
      { method: 'Imagine that …', model: 'GPT-NeoX', values: { compositionalityI: 0.924 } },
      { method: 'Imagine that …', model: 'LLaMA-7B', values: { compositionalityII: 0.676 } },
    ],
  },
  {
    name: 'doubt',
    suite: 'doubt',
    title: 'Robustness to doubt',
    model: GPT2_XL,
    edits: 150,
    source: SAKE_PAPER,
    rows: [
      doubt('ROME', 0.3333, 0.14),
      doubt('ICL', 0.04, 0.0333),
      doubt('ActAdd', 0.82, 0.8067),
      doubt('SAKE', 0.9867, 0.9867),
    ],
  },
  {
    name: 'ablation',
    suite: 'counterfact',
    title: 'Ablations on CounterFact',
    model: GPT2_XL,
    source: SAKE_PAPER,
    rows: [
      ablation('OT map', 0.97, 0.8485),
      ablation('mean shift', 0.8505, 0.3545),
      ablation('50 prompts', 0.92, 0.84),
      ablation('10 prompts (about)', 0.85, 0.7),
    ],
  },
];

/** Tables of other publications that stand below one. */
const standBelow: Readonly<Record<string, readonly string[]>> = { popular: ['popular-prompt'] };

/** A published table by its name, with those of other publications that stand below it. */
export function publishedBeside(name: string): PublishedTable[] {
  const names = [name, ...(standBelow[name] ?? [])];
  return publishedTables.filter((table) => names.includes(table.name));
}

/** The published tables that a suite's results stand beside; ablations are asked for by name. */
export function publishedFor(suite: string): PublishedTable[] {
  return publishedTables.filter((table) => table.suite === suite && table.name !== 'ablation');
}
