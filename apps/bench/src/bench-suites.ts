import { embeddedPopularFile } from '@sakejs/embedded-model';
import {
  counterFactSuite,
  doubtSuite,
  localitySuite,
  popularSuite,
  readRippleEdits,
  robustnessSuite,
  type CounterFactDataset,
  type RippleEditsDataset,
  type Suite,
} from '@sakejs/evaluation';
import { loadRecords, type RecordOptions } from './load-records.js';

/** Names of the suites. */
export const suiteNames = ['counterfact', 'popular', 'doubt', 'robustness', 'locality'] as const;

export type SuiteName = (typeof suiteNames)[number];

export interface SuiteOptions extends RecordOptions {
  /** A file in RippleEdits' schema; absent: the embedded model's own. */
  readonly popularRecords?: string | undefined;
  /** Records of the doubt suite: the first N. */
  readonly doubtLimit?: number | undefined;
  readonly seed: number;
}

/** Suites that ask about the records of the CounterFact form. */
const ofRecords: Readonly<
  Record<Exclude<SuiteName, 'popular'>, (dataset: CounterFactDataset, seed: number) => Suite>
> = {
  counterfact: counterFactSuite,
  doubt: doubtSuite,
  robustness: (dataset, seed) => robustnessSuite(dataset, { seed }),
  locality: (dataset, seed) => localitySuite(dataset, { seed }),
};

/**
 * The suites of a run, in the order asked for.
 *
 * @throws {SakeError} as {@link loadRecords}.
 */
export function loadSuites(names: readonly SuiteName[], options: SuiteOptions): Suite[] {
  let dataset: CounterFactDataset | undefined;
  return names.map((name) => {
    if (name === 'popular') return popularSuite(loadPopular(options));
    dataset ??= loadRecords(options);
    const { doubtLimit } = options;
    const asked =
      name === 'doubt' && doubtLimit !== undefined
        ? { ...dataset, records: dataset.records.slice(0, doubtLimit) }
        : dataset;
    return ofRecords[name](asked, options.seed);
  });
}

function loadPopular({ popularRecords, split, limit }: SuiteOptions): RippleEditsDataset {
  return readRippleEdits(popularRecords ?? embeddedPopularFile(split), {
    ...(limit !== undefined && { limit }),
    name: popularRecords ?? `embedded popular ${split}`,
  });
}
