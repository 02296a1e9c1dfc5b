import type { Random } from '@sakejs/spec';
import type { Dataset } from '../corpus/plan-dataset.js';
import { allPairs } from '../corpus/training-pairs.js';
import type { Asker } from './ask.js';
import { sampleOf } from './sample.js';
import { countsOf, createTally, sharesOf, type Tally } from './share.js';

/** How a model answers plain prompts; shares in 0..1. */
export interface PairFigures {
  /** (fact, phrasing) pairs asked, statements and questions. */
  readonly pairs: number;
  /** How many pairs were drawn instead of asking all; null: all. */
  readonly sampled: number | null;
  readonly firstToken: number | null;
  readonly wholeObject: number | null;
  /** First token by kind of pair. */
  readonly byForm: {
    readonly statements: number | null;
    readonly questions: number | null;
    /** Phrasings that training never showed with that subject: those of the benchmark's paraphrases. */
    readonly withheld: number | null;
  };
  /** How many pairs each share of `byForm` is of. */
  readonly byFormCounts: Readonly<Record<'statements' | 'questions' | 'withheld', number>>;
  /** First token by relation. */
  readonly byRelation: Readonly<Record<string, number | null>>;
}

export interface PairOptions {
  readonly random: Random;
  /** Asks so many pairs only, drawn by chance. */
  readonly sample?: number;
}

/** Asks every (fact, phrasing) pair plainly, in bounded memory, or a sample of them. */
export async function measurePairs(
  asker: Asker,
  dataset: Dataset,
  { random, sample }: PairOptions,
): Promise<PairFigures> {
  const drawn = sample === undefined ? undefined : sampleOf(allPairs(dataset), sample, random);
  const total = drawn?.length ?? countOf(allPairs(dataset));
  const whole = createTally();
  const first = createTally();
  const byForm = { statements: createTally(), questions: createTally(), withheld: createTally() };
  const byRelation = Object.fromEntries(
    dataset.facts.map(({ relation }): [string, Tally] => [relation, createTally()]),
  );
  const asked = function* () {
    for (const pair of drawn ?? allPairs(dataset)) yield { ...pair, object: pair.fact.object };
  };
  await asker.each('facts', asked(), total, ({ form, withheld, fact }, { firstToken, wholeObject }) => {
    first.add(firstToken);
    whole.add(wholeObject);
    byForm[`${form}s`].add(firstToken);
    if (withheld) byForm.withheld.add(firstToken);
    byRelation[fact.relation]!.add(firstToken);
  });
  return {
    pairs: first.n,
    sampled: drawn ? drawn.length : null,
    firstToken: first.share,
    wholeObject: whole.share,
    byForm: sharesOf(byForm),
    byFormCounts: countsOf(byForm),
    byRelation: sharesOf(byRelation),
  };
}

function countOf(values: Iterator<unknown>): number {
  let count = 0;
  while (!values.next().done) count++;
  return count;
}
