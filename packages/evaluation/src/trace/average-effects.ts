import { SakeError, type StateKind } from '@sakejs/spec';
import { clusterBootstrapInterval } from '../statistics/intervals.js';
import { positionGroup, positionGroups, type PositionGroup } from './position-groups.js';
import type { AverageEffect, FactTrace, TraceMean } from './trace-result.js';

/**
 * Mean over facts, with a bootstrap interval over them.
 *
 * @throws {SakeError} `not-enough-data` for none.
 */
export function meanOverFacts(values: readonly number[], seed: number): TraceMean {
  if (values.length === 0)
    throw new SakeError('not-enough-data', 'meanOverFacts: expected at least one fact, got none');
  const trials = values.map((value, cluster) => ({ cluster, value }));
  return {
    value: values.reduce((sum, value) => sum + value, 0) / values.length,
    n: values.length,
    interval: values.length < 2 ? null : clusterBootstrapInterval(trials, { seed, shares: false }),
  };
}

/**
 * A fact's indirect effects at a group of tokens, [layers], averaged over the group's tokens; undefined where it has none.
 */
export function effectsAtGroup(
  { effects, tokens, subjectTokens: [first, last] }: FactTrace,
  kind: StateKind,
  group: PositionGroup,
): number[] | undefined {
  const positions = [...tokens.keys()].filter(
    (position) => positionGroup(position, { first, last }, tokens.length) === group,
  );
  if (positions.length === 0) return undefined;
  return effects[kind]?.map(
    (row) => positions.reduce((sum, position) => sum + row[position]!, 0) / positions.length,
  );
}

/** Average indirect effects (AIE) by kind, group and block; groups that no fact has are left out. */
export function averageEffects(
  facts: readonly FactTrace[],
  kinds: readonly StateKind[],
  seed: number,
): AverageEffect[] {
  return kinds.flatMap((kind) =>
    positionGroups.flatMap((group) => {
      const own = facts.flatMap((fact) => {
        const effects = effectsAtGroup(fact, kind, group);
        return effects === undefined ? [] : [effects];
      });
      return (own[0] ?? []).map((_, layer) => ({
        ...{ kind, group, layer },
        ...meanOverFacts(
          own.map((effects) => effects[layer]!),
          seed,
        ),
      }));
    }),
  );
}
