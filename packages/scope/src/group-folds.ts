import { createRandom, SakeError, type LabelledQuery } from '@sakejs/spec';

/** How detectors hold prompts out to calibrate themselves. */
export interface CrossFitOptions {
  /** Folds of prompts, >= 2; fewer where a side has fewer prompts. Default 5. */
  readonly folds?: number;
  /** Which prompts share a fold. Default 0. */
  readonly seed?: number;
}

/** A query with the key of the prompt it came from. */
export interface Keyed {
  readonly query: LabelledQuery;
  readonly key: string;
}

/** Queries of one side, keyed by `group`; a query without one is a prompt of its own. */
export function keyed(side: 'positive' | 'negative', queries: readonly LabelledQuery[]): readonly Keyed[] {
  return queries.map((query, index) => ({
    query,
    key: query.group === undefined ? `${side} ${index}` : `group ${query.group}`,
  }));
}

/** @throws {SakeError} `invalid-option` for fewer than 2 folds. */
export function checkFolds(where: string, folds: number): void {
  if (!Number.isInteger(folds) || folds < 2)
    throw new SakeError('invalid-option', `${where}: expected at least 2 folds, got ${folds}`);
}

/**
 * The fold of each prompt, all queries of a prompt in one.
 *
 * Every side (a list of keys) is spread evenly: prompts of several sides are dealt first. There are at most
 * as many folds as the smallest side has prompts.
 *
 * @throws {SakeError} `not-enough-data` when a side has fewer than two prompts.
 */
export function groupFolds(
  where: string,
  sides: Readonly<Record<string, readonly string[]>>,
  { folds, seed }: Required<CrossFitOptions>,
): { readonly count: number; readonly foldOf: ReadonlyMap<string, number> } {
  const distinct = Object.entries(sides).map(([side, keys]) => [side, new Set(keys)] as const);
  for (const [side, keys] of distinct)
    if (keys.size < 2)
      throw new SakeError(
        'not-enough-data',
        `${where}: expected at least 2 ${side} prompts to hold one out, got ${keys.size}; give more prompts or a threshold`,
      );
  const count = Math.min(folds, ...distinct.map(([, keys]) => keys.size));
  const random = createRandom(seed).fork('group-folds');
  const all = [...new Set(distinct.flatMap(([, keys]) => [...keys]))];
  const shared = all.filter((key) => distinct.every(([, keys]) => keys.has(key)));
  const sharedSet = new Set(shared);
  const foldOf = new Map(random.shuffle(shared).map((key, index) => [key, index % count]));
  for (const [, keys] of distinct)
    random
      .shuffle([...keys].filter((key) => !sharedSet.has(key)))
      .forEach((key, index) => foldOf.set(key, foldOf.get(key) ?? (shared.length + index) % count));
  return { count, foldOf };
}
