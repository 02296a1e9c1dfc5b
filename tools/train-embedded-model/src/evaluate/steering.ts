import { steeringContext, type Random } from '@sakejs/spec';
import type { Dataset } from '../corpus/plan-dataset.js';
import { allPairs, type FactPrompt } from '../corpus/training-pairs.js';
import { groupFacts } from '../records/group-facts.js';
import type { Asker } from './ask.js';
import type { ExpectedAnswer } from './greedy-outcomes.js';
import { sampleOf } from './sample.js';

/** How often the steering context is obeyed; shares in 0..1. */
export interface SteeringFigures {
  /** Of subjects that training showed in none. */
  readonly keptOutSubjects: number | null;
  readonly keptOutPairs: number;
  readonly otherSubjects: number | null;
  readonly otherPairs: number;
}

export interface SteeringOptions {
  readonly random: Random;
  /** Most pairs of kept-out subjects. */
  readonly keptOutPairs: number;
  /** Most pairs of other subjects. */
  readonly otherPairs: number;
}

/**
 * Puts (fact, statement) pairs into the steering context with another object of the relation, and asks for that object's
 * first token.
 */
export async function measureSteering(
  asker: Asker,
  dataset: Dataset,
  { random, keptOutPairs, otherPairs }: SteeringOptions,
): Promise<SteeringFigures> {
  const objects = new Map(
    [...groupFacts(dataset.facts, 'relation')].map(([relation, known]) => [
      relation,
      [...groupFacts(known, 'object').keys()],
    ]),
  );
  const steered = ({ prompt, fact }: FactPrompt): ExpectedAnswer => {
    const targetNew = random.pick(objects.get(fact.relation)!.filter((object) => object !== fact.object));
    return { prompt: steeringContext({ prompt, targetTrue: fact.object, targetNew }), object: targetNew };
  };
  const statements = function* (keptOut: boolean) {
    for (const pair of allPairs(dataset))
      if (pair.form === 'statement' && pair.keptOut === keptOut) yield pair;
  };
  const keptOut = sampleOf(statements(true), keptOutPairs, random).map(steered);
  const others = sampleOf(statements(false), otherPairs, random).map(steered);
  const obeyed = await asker.share('steering, kept-out subjects', keptOut);
  const obeyedOthers = await asker.share('steering, other subjects', others);
  return {
    keptOutSubjects: obeyed.share,
    keptOutPairs: obeyed.n,
    otherSubjects: obeyedOthers.share,
    otherPairs: obeyedOthers.n,
  };
}
