import type { RawRippleQuery } from './ripple-edits-schema.js';

/** Gives the label of a Wikidata id such as `Q42`; undefined where it has none. */
export type LabelOf = (id: string) => string | undefined;

/** A label without white space around it; undefined for none, and for an id that stands in a label's place. */
export function resolvedLabel(label: unknown): string | undefined {
  if (typeof label !== 'string' && typeof label !== 'number') return undefined;
  const text = String(label).trim();
  return text === '' || isWikidataId(text) ? undefined : text;
}

/** Whether text is the id of an item or property and no label. */
export function isWikidataId(text: string): boolean {
  return /^[QP][1-9]\d*$/.test(text.trim());
}

/**
 * The labels that a record's own queries tell: the answers of a query are the labels of its targets, in their order.
 */
export function labelsOfQueries(queries: Iterable<RawRippleQuery>): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const { query_type: type, target_ids: targets, second_hop_target_ids: second, answers } of queries) {
    const ids: unknown = type === 'two_hop' ? second : targets;
    if (!Array.isArray(ids) || ids.length !== answers?.length) continue;
    for (const [i, id] of ids.entries()) {
      const label = resolvedLabel(answers[i]?.value);
      if (typeof id === 'string' && label !== undefined && !labels.has(id)) labels.set(id, label);
    }
  }
  return labels;
}

/** The words that a relation's phrase has around its subject, where two phrases may share them. */
const connectives = new Set([
  'of',
  'which',
  'is',
  'are',
  'in',
  'by',
  'has',
  'the',
  'held',
  'won',
  'with',
  'follows',
  'followed',
  'associated',
]);

/**
 * A subject's label as the words that prompts about it share: `Peru` of `The capital of Peru is` and `The currency in
 * Peru is`. Undefined where fewer than two different prompts are given, or where they share no such words.
 */
export function sharedSubject(prompts: readonly string[]): string | undefined {
  const [first, ...others] = [...new Set(prompts)].map((prompt) => prompt.trim().split(/\s+/));
  if (first === undefined || others.length === 0) return undefined;
  const opening = sharedOpening(first, others);
  const texts = others.map((words) => ` ${words.slice(opening).join(' ')} `);
  let best: readonly string[] = [];
  for (let from = opening; from < first.length; from++)
    for (let to = first.length; to - from > best.length; to--) {
      if (!texts.every((text) => text.includes(` ${first.slice(from, to).join(' ')} `))) continue;
      const run = withoutConnectives(first.slice(from, to));
      if (run.length > best.length) best = run;
    }
  return best.length === 0 ? undefined : best.join(' ');
}

/** How many words of a phrase, not of a label, all prompts begin with: `The name of the`. */
function sharedOpening(first: readonly string[], others: readonly (readonly string[])[]): number {
  if (first[0] !== 'The' || !/^[a-z]/.test(first[1] ?? '')) return 0;
  const length = first.findIndex(
    (word, i) => (i > 0 && !/^[a-z]/.test(word)) || others.some((words) => words[i] !== word),
  );
  return Math.max(0, length);
}

function withoutConnectives(words: readonly string[]): readonly string[] {
  const from = words.findIndex((word) => !connectives.has(word));
  return from < 0 ? [] : words.slice(from, words.findLastIndex((word) => !connectives.has(word)) + 1);
}
