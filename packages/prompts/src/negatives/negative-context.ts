import type { EditRequest, Random } from '@sakejs/spec';
import type { FactIndex, KnownFact } from '../fact-index.js';
import { normalizeWording } from '../wording.js';
import type { Withholding } from '../withholding.js';
import type { AllowedPhrasings, Asker } from './asker.js';

/** What every kind of negative is made from. */
export interface NegativeContext {
  readonly request: EditRequest;
  readonly facts: FactIndex;
  readonly asker: Asker;
  readonly withholding: Withholding;
  /** This kind's own stream. */
  readonly random: Random;
}

/** Whether a fact may be asked about: another subject than the edit's, and none that test prompts name. */
export function mayUse({ request, withholding }: NegativeContext, fact: KnownFact): boolean {
  return (
    normalizeWording(fact.subject) !== normalizeWording(request.subject) &&
    !withholding.blocksSubject(fact.subject)
  );
}

/** The allowed wordings of a relation, the edit's own among them; undefined where there are none. */
export function phrasingsOf({ asker }: NegativeContext, relation: string): AllowedPhrasings | undefined {
  return [asker.own, ...asker.others].find(({ phrasings }) => phrasings.relation === relation);
}

/** The facts over and over, each round shuffled; none when there are none. */
export function* rounds(facts: readonly KnownFact[], random: Random): Generator<KnownFact> {
  while (facts.length > 0) yield* random.shuffle(facts);
}
