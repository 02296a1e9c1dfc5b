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
const connectives = new Set(['of', 'which', 'is', 'are', 'in', 'by', 'has', 'the', 'held', 'won', 'with', 'follows', 'followed', 'associated']);

/**
 * A subject's label as the words that prompts about it share: `Peru` of `The capital of Peru is` and `The currency in
 * Peru is`. Undefined where fewer than two different prompts are given, or where they share no such words.
 */
export function sharedSubject(prompts: readonly string[]): string | undefined {
  const [first, ...others] = [...new Set(prompts)].map((prompt) => prompt.trim().split(/\s+/));
  if (first === undefined || others.length === 0) return undefined;
  const texts = others.map((words) => ` ${words.join(' ')} `);
  let best: string[] = [];
  for (let from = 0; from < first.length; from++)
    for (let to = first.length; to - from > best.length; to--) {
      const run = first.slice(from, to);
      if (!texts.every((text) => text.includes(` ${run.join(' ')} `))) continue;
      while (connectives.has(run[0]!)) run.shift();
      while (connectives.has(run.at(-1)!)) run.pop();
      if (run.length > best.length) best = run;
    }
  const label = best.join(' ');
  // A phrase's own first word is shared as well: `The name of the …`.
  return label === '' || first.slice(0, best.length).join(' ') === label && /^The\b/.test(label) ? undefined : label;
}
