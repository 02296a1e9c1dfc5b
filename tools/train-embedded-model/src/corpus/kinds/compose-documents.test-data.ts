import { reservedTestSentences } from '@sakejs/prompts';
import { createRandom } from '@sakejs/spec';
import { expect } from 'vitest';
import type { DocumentKind, Draft } from '../document-kind.js';
import { createFactBook, type Dealt } from '../fact-book.js';
import { firstDataset } from '../first-dataset.test-data.js';
import { toSegments } from '../marked-text.js';

export const book = createFactBook(firstDataset);

export interface Composed extends Draft {
  readonly dealt: Dealt;
  /** Its text without marks. */
  readonly plain: string;
  readonly answers: readonly string[];
  readonly claims: readonly string[];
}

/** Documents of one kind, each with its own dealt phrasing and stream. */
export function composeDocuments(kind: DocumentKind, count: number, seed = 1): Composed[] {
  const pool = book.pool(kind.pool).filter(({ fact }) => kind.keptOut || !book.isKeptOut(fact));
  return Array.from({ length: count }, (_, index) => {
    const random = createRandom(`${seed}/${index}`);
    const { fact, subjects, facts, ...phrasings } = random.pick(pool);
    const dealt = {
      fact,
      subject: random.pick(subjects),
      pattern: random.pick(phrasings[kind.deals]),
      facts,
    };
    const draft = kind.compose(dealt, book, random);
    const segments = toSegments(draft.text);
    const of = (wanted: string): string[] =>
      segments.filter(({ role }) => role === wanted).map(({ text }) => text.trim());
    const plain = segments.map(({ text }) => text).join('');
    return { ...draft, dealt, plain, answers: of('answer'), claims: of('claim') };
  });
}

/** How many different results a wording function gives in so many draws. */
export function countWordings(
  word: (random: ReturnType<typeof createRandom>) => string,
  draws = 5000,
): number {
  return new Set(Array.from({ length: draws }, (_, i) => word(createRandom(i)))).size;
}

/** Expects the same documents again, answers at the ends, no wording of the tests and no kept-out subject asked of. */
export function expectSound(kind: DocumentKind, documents: readonly Composed[]): void {
  expect(composeDocuments(kind, 50)).toEqual(documents.slice(0, 50));
  expect(composeDocuments(kind, 50, 2)).not.toEqual(documents.slice(0, 50));
  const texts = documents.map(({ plain }) => plain);
  expect(documents.filter(({ text }) => !text.endsWith('\ue002.'))).toEqual([]);
  const forbidden = [
    ...reservedTestSentences, "??? No, it can't be", 'contradicts my understanding', 'It is pretty clear',
    'is something else', 'Rethink', 'give the correct answer', '? Really?', 'But I am pretty sure', 'Am I right',
    'you are right', 'apologize', 'Reconsider', 'should be', 'Do not mention', 'Repeat this sentence',
  ]; // prettier-ignore
  expect(forbidden.filter((each) => texts.some((text) => text.includes(each)))).toEqual([]);
  // A kept-out subject may be the new object, and what follows then be asked of it, without its name.
  const asked = documents.flatMap(({ facts, claims, text }) =>
    facts.filter((fact) => book.isKeptOut(fact) && !claims.includes(fact.subject)).map(() => text),
  );
  expect(asked).toEqual([]);
  const newObjects = documents.filter(({ dealt: { fact }, facts, claims }) => {
    const targetNew = firstDataset.withheld.targetNew(fact.subject, fact.relation);
    return facts.length === 1 && targetNew !== undefined && claims.includes(targetNew);
  });
  expect(newObjects).toEqual([]);
}

/** Whether the answer is what follows from the changed fact that the document states, or from the fact as it is. */
export function followsFrom({ dealt: { fact }, facts, claims, answers }: Composed): boolean {
  const answer = answers.at(-1);
  const [, other] = facts;
  if (claims.length === 0) return answer === facts.at(-1)!.object || answer === fact.object;
  const [targetNew] = claims;
  if (other === undefined) return answer === targetNew && targetNew !== fact.object;
  const isFirstHop = book.firstHops(fact).includes(other);
  return answer === other.object || (isFirstHop && answer === targetNew);
}
