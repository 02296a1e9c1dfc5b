import { SakeError, type EditRequest, type PromptDistribution } from '@sakejs/spec';
import { foldedWords } from './folded-words.js';
import { jaccard, textFeatures } from './near-duplicate.js';

/** How a number is spread over the edits of a file. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/** What a set of prompt distributions is like. */
export interface DistributionStatistics {
  readonly edits: number;
  readonly prompts: Spread & { readonly total: number };
  /** Phrasings that an edit's prompts were made from; absent where no source knows. */
  readonly wordings?: Spread;
  /** Words of a prompt, the subject's among them. */
  readonly words: Spread;
  /** Share of prompts that hold a question, in 0..1. */
  readonly questions: number;
  /** For each edit, the mean over its prompts of the similarity (trigram Jaccard, subject masked) to the nearest other. */
  readonly nearest: Spread;
  readonly positives: Readonly<Record<string, number>>;
  readonly negatives: Readonly<Record<string, number>>;
  readonly dropped: Readonly<Record<string, number>>;
}

type Counted = Omit<PromptDistribution, 'request' | 'source'> & {
  readonly request: Pick<EditRequest, 'subject'>;
};

/**
 * Counts what distributions hold: sizes, kinds, drops, and how much their prompts differ.
 *
 * O(prompts²) an edit, for `nearest`.
 *
 * @throws {SakeError} `not-enough-data` without distributions or prompts.
 */
export function summariseDistributions(distributions: readonly Counted[]): DistributionStatistics {
  const texts = distributions.flatMap(({ prompts }) => prompts);
  if (texts.length === 0)
    throw new SakeError('not-enough-data', 'summariseDistributions: expected at least one prompt, got none');
  const wordings = distributions.flatMap((each) =>
    each.wordings === undefined ? [] : [new Set(each.wordings).size],
  );
  return {
    edits: distributions.length,
    prompts: { ...spread(distributions.map(({ prompts }) => prompts.length)), total: texts.length },
    ...(wordings.length === 0 ? {} : { wordings: spread(wordings) }),
    words: spread(texts.map((text) => foldedWords(text).length)),
    questions: texts.filter((text) => text.includes('?')).length / texts.length,
    nearest: spread(distributions.filter(({ prompts }) => prompts.length > 0).map(meanNearest)),
    positives: countBy(distributions.flatMap(({ positives }) => positives.map(({ kind }) => kind))),
    negatives: countBy(distributions.flatMap(({ negatives }) => negatives.map(({ kind }) => kind))),
    dropped: sum(distributions.map(({ dropped }) => dropped)),
  };
}

function meanNearest({ prompts, request }: Counted): number {
  const features = prompts.map((text) => textFeatures(text, [request.subject], 'trigrams'));
  const nearest = features.map(() => 0);
  for (let i = 0; i < features.length; i++)
    for (let j = 0; j < i; j++) {
      const similarity = jaccard(features[i]!, features[j]!);
      nearest[i] = Math.max(nearest[i]!, similarity);
      nearest[j] = Math.max(nearest[j]!, similarity);
    }
  return nearest.reduce((total, value) => total + value, 0) / nearest.length;
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    least: sorted[0]!,
    median: (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2,
    most: sorted.at(-1)!,
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  return sum(names.map((name) => ({ [name]: 1 })));
}

function sum(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const each of counts)
    for (const [name, times] of Object.entries(each)) sums[name] = (sums[name] ?? 0) + times;
  return sums;
}
