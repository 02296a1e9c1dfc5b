import { createEditMethod, type LaterTokens, type TargetChoice } from '@sakejs/editor';
import { euclideanCentroid, whoWhatNow } from '@sakejs/scope';
import { SakeError, type EditMethod, type Mapper, type ModelInfo, type ScopeDetector } from '@sakejs/spec';
import { buresWasserstein, meanShift } from '@sakejs/transport';

export interface MethodOverrides {
  readonly mapper?: Mapper;
  readonly scope?: ScopeDetector;
  readonly targets?: TargetChoice;
  /** Whether the forced source prompts are among the source rows. Default true. */
  readonly forcedSource?: boolean;
  /** For how many tokens of the new object behind its first a map of their own is learned. Default 0, as in the paper. */
  readonly laterTokens?: LaterTokens;
}

interface Recipe {
  readonly mapper: () => Mapper;
  readonly scope: (info: ModelInfo) => ScopeDetector;
  readonly targets: TargetChoice;
}

/** The paper's gate on hidden states: centroid of plain and forced rows, 95 % of held-out prompts in scope. */
const paperScope = (): ScopeDetector =>
  euclideanCentroid({ centre: 'all', threshold: { kind: 'coverage', share: 0.95 } });

/** Who, what, now; the borders were chosen on the embedded dev records (docs/findings.md). */
const ourScope = ({ layers }: ModelInfo): ScopeDetector =>
  whoWhatNow({ layers, factorTarget: { kind: 'midpoint', positivePercentile: 3, negativePercentile: 90 } });

/**
 * Methods as tables name them.
 *
 * - `sake-paper`: all target rows, forced source, ridge 1e-2, Euclidean centroid gate.
 * - `sake`: obeying target rows, ridge by cross-validation, who-what-now gate. Chosen on dev records.
 * - `uniform`: mean shift over the rows and gate of `sake`; `uniform-paper`: over those of `sake-paper`.
 */
const recipes: Readonly<Record<string, Recipe>> = {
  sake: { mapper: () => buresWasserstein({ ridge: 'cross-validated' }), scope: ourScope, targets: 'obeying' },
  'sake-paper': { mapper: () => buresWasserstein({ ridge: 1e-2 }), scope: paperScope, targets: 'all' },
  uniform: { mapper: () => meanShift(), scope: ourScope, targets: 'obeying' },
  'uniform-paper': { mapper: () => meanShift(), scope: paperScope, targets: 'all' },
};

/** Names that {@link createMethod} knows. */
export const methodNames: readonly string[] = Object.keys(recipes);

/**
 * A built-in method for a model, with parts replaced where asked.
 *
 * @throws {SakeError} `unknown-kind` for a name that is not built in.
 */
export function createMethod(name: string, info: ModelInfo, overrides: MethodOverrides = {}): EditMethod {
  const recipe = Object.hasOwn(recipes, name) ? recipes[name] : undefined;
  if (!recipe)
    throw new SakeError(
      'unknown-kind',
      `createMethod: expected one of ${methodNames.join(', ')}, got ${JSON.stringify(name)}`,
    );
  return createEditMethod({
    name,
    mapper: overrides.mapper ?? recipe.mapper(),
    scope: overrides.scope ?? recipe.scope(info),
    targets: overrides.targets ?? recipe.targets,
    ...(overrides.forcedSource !== undefined && { forcedSource: overrides.forcedSource }),
    ...(overrides.laterTokens !== undefined && { laterTokens: overrides.laterTokens }),
  });
}
