import { createRandom, SakeError, type MapperInput } from '@sakejs/spec';

/** Row indices to fit on and to hold out, for one fold. */
export interface RowFold {
  readonly source: { readonly fit: readonly number[]; readonly heldOut: readonly number[] };
  readonly target: { readonly fit: readonly number[]; readonly heldOut: readonly number[] };
}

function groupKeys(side: 'source' | 'target', input: MapperInput): readonly string[] {
  const groups = side === 'source' ? input.sourceGroups : input.targetGroups;
  const { rows } = input[side];
  if (groups === undefined) return Array.from({ length: rows }, (_, index) => `${side} row ${index}`);
  if (groups.length !== rows)
    throw new SakeError(
      'shape-mismatch',
      `row folds: expected one ${side} group for each of ${rows} rows, got ${groups.length}`,
    );
  return groups.map((group) => `group ${group}`);
}

/**
 * Splits rows into folds, all rows of one group (one prompt) in the same fold on both sides.
 *
 * Without groups every row is its own. Groups with rows on both sides are dealt first, then the others,
 * so that each fold holds out about as many rows of either side.
 *
 * @throws {SakeError} `not-enough-data` when a side has fewer groups than folds, `invalid-input` when only
 * one side names its groups.
 */
export function rowFolds(input: MapperInput, count: number, seed: number): readonly RowFold[] {
  if ((input.sourceGroups === undefined) !== (input.targetGroups === undefined))
    throw new SakeError(
      'invalid-input',
      'row folds: expected sourceGroups and targetGroups, got one of them; give both or neither',
    );
  const sourceKeys = groupKeys('source', input);
  const targetKeys = groupKeys('target', input);
  const sources = new Set(sourceKeys);
  const targets = new Set(targetKeys);
  for (const [side, groups] of [['source', sources] as const, ['target', targets] as const])
    if (groups.size < count)
      throw new SakeError(
        'not-enough-data',
        `row folds: expected at least ${count} prompts with ${side} rows for ${count} folds, got ${groups.size}; use fewer folds, or give the ridge as a number`,
      );
  const random = createRandom(seed).fork('row-folds');
  const shared = [...sources].filter((key) => targets.has(key));
  const deal = (rest: readonly string[]): Map<string, number> =>
    new Map([...random.shuffle(shared), ...random.shuffle(rest)].map((key, index) => [key, index % count]));
  const sourceFold = deal([...sources].filter((key) => !targets.has(key)));
  // Shared groups keep the fold that the source side gave them.
  const targetFold = new Map(shared.map((key) => [key, sourceFold.get(key)!]));
  random
    .shuffle([...targets].filter((key) => !sources.has(key)))
    .forEach((key, index) => targetFold.set(key, (shared.length + index) % count));

  const split = (
    keys: readonly string[],
    foldOf: ReadonlyMap<string, number>,
    fold: number,
  ): RowFold['source'] => {
    const indices = keys.map((_, index) => index);
    return {
      fit: indices.filter((index) => foldOf.get(keys[index]!) !== fold),
      heldOut: indices.filter((index) => foldOf.get(keys[index]!) === fold),
    };
  };
  return Array.from({ length: count }, (_, fold) => ({
    source: split(sourceKeys, sourceFold, fold),
    target: split(targetKeys, targetFold, fold),
  }));
}
