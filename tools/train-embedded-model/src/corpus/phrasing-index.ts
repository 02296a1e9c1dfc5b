import type { Fact } from '@sakejs/facts';
import type { RelationPhrasings } from '@sakejs/prompts';
import { phrasingsOf } from '../records/plan-edits.js';

/** The phrasings that ask one thing only of a fact's subject. */
export interface PhrasingIndex {
  statements(fact: Fact): readonly string[];
  questions(fact: Fact): readonly string[];
  descriptions(fact: Fact): readonly string[];
}

/**
 * Phrasings of each fact without those that also ask of another fact of the same subject: `{} is located in` asks a
 * subject's country or its district, and both only where the dataset knows no more than one of them.
 */
export function createPhrasingIndex({
  facts,
  phrasings,
}: {
  readonly facts: readonly Fact[];
  readonly phrasings: readonly RelationPhrasings[];
}): PhrasingIndex {
  const relationsOf = new Map<string, string[]>();
  for (const { relation, statements, questions, descriptions = [] } of phrasings)
    for (const pattern of [...statements, ...questions, ...descriptions])
      relationsOf.set(pattern, [...(relationsOf.get(pattern) ?? []), relation]);
  const objectOf = new Map(facts.map(({ subject, relation, object }) => [`${relation}\t${subject}`, object]));
  const asksOne = ({ subject, relation, object }: Fact) => {
    const others = (pattern: string): boolean =>
      relationsOf.get(pattern)!.every((other) => {
        const known = other === relation ? object : objectOf.get(`${other}\t${subject}`);
        return known === undefined || known === object;
      });
    return others;
  };
  return {
    statements: (fact) => phrasingsOf(fact.relation, phrasings).statements.filter(asksOne(fact)),
    questions: (fact) => phrasingsOf(fact.relation, phrasings).questions.filter(asksOne(fact)),
    descriptions: (fact) => (phrasingsOf(fact.relation, phrasings).descriptions ?? []).filter(asksOne(fact)),
  };
}
