import type { RelationPhrasings } from '@sakejs/prompts';

/** A pattern's words in lower case before and after its slot, each between single spaces, punctuation aside. */
interface Wording {
  readonly before: string;
  readonly after: string;
}

function wordingOf(pattern: string): Wording {
  const words = ` ${(pattern.toLowerCase().match(/\{\}|[\p{L}\p{N}\p{M}]+/gu) ?? []).join(' ')} `;
  const [before = ' ', after = ' '] = words.split('{}');
  return { before, after };
}

const holds = (outer: Wording, inner: Wording): boolean =>
  outer.before.endsWith(inner.before) && outer.after.startsWith(inner.after);

/**
 * Whether a description in a pattern's slot can hold the statement's words: `The home country of {} is`, of `the home
 * country of {}` in `{} is on the continent of`. Where the statement's words lie in the pattern alone, the pattern
 * holds them by itself, which is another question; and the statement itself is withheld from first hops too.
 */
function describes(statement: Wording, description: Wording, patterns: readonly Wording[]): boolean {
  if (statement.before === ' ' && description.after === ' ') return false;
  if (statement.after === ' ' && description.before === ' ') return false;
  const startsInside = description.before.endsWith(statement.before);
  const endsInside = description.after.startsWith(statement.after);
  if (!startsInside && !statement.before.endsWith(description.before)) return false;
  if (!endsInside && !statement.after.startsWith(description.after)) return false;
  const rest: Wording = {
    before: startsInside
      ? ''
      : statement.before.slice(0, statement.before.length - description.before.length + 1),
    after: endsInside ? '' : statement.after.slice(description.after.length - 1),
  };
  return patterns.some(
    (pattern) => !(holds(pattern, statement) && holds(statement, pattern)) && holds(pattern, rest),
  );
}

/**
 * Statements of each relation that may be withheld: no other phrasing of any relation, and no description in a
 * phrasing's slot, contains the words of one, so leaving a phrasing out leaves out its words. Nor may it contain a
 * question (`Where is {}? It is in`): training asks those in layouts with words behind them.
 */
export function withholdableStatements(
  phrasings: readonly RelationPhrasings[],
): ReadonlyMap<string, string[]> {
  const patterns = phrasings
    .flatMap(({ statements, questions }) => [...statements, ...questions])
    .map(wordingOf);
  const asked = phrasings.flatMap(({ questions }) => questions).map(wordingOf);
  const descriptions = phrasings.flatMap((each) => each.descriptions ?? []).map(wordingOf);
  return new Map(
    phrasings.map(({ relation, statements }) => [
      relation,
      statements.filter((statement) => {
        const own = wordingOf(statement);
        return (
          patterns.filter((other) => holds(other, own)).length === 1 &&
          !asked.some((question) => holds(own, question)) &&
          !descriptions.some(
            (description) => holds(description, own) || describes(own, description, patterns),
          )
        );
      }),
    ]),
  );
}
