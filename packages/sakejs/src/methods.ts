import { join } from 'node:path';
import {
  actAdd,
  actAddOriginal,
  ftL,
  ftLPresetFor,
  compMemit,
  grace,
  icl,
  ike,
  imagine,
  memit,
  rome,
  serac,
  storedMemories,
  type MemitOptions,
  type SeracOptions,
} from '@sakejs/baselines';
import {
  createEditMethod,
  type ImpliedScopes,
  type LaterTokens,
  type RowSource,
  type TargetChoice,
} from '@sakejs/editor';
import { euclideanCentroid, whoWhatNow } from '@sakejs/scope';
import { SakeError, type EditMethod, type Mapper, type ModelInfo, type ScopeDetector } from '@sakejs/spec';
import { buresWasserstein, meanShift } from '@sakejs/transport';
import { keyMomentsReader, type MomentsCorpus } from './key-moments.js';
import { checkBlocks, refuseParts, type MethodSettings } from './method-settings.js';
import { paperImplications } from './paper-implications.js';
import { otherQuestions, steeringScope } from './steering-scope.js';
import { criticalBlock, memitSettingsOf, romeSettingsOf } from './weight-presets.js';

export interface MethodOverrides {
  readonly mapper?: Mapper;
  readonly scope?: ScopeDetector;
  readonly targets?: TargetChoice;
  /** Whether the forced source prompts are among the source rows. Default true. */
  readonly forcedSource?: boolean;
  /** Whether what follows from an edit is learned: in maps or rows of its own. Default true where the method does so. */
  readonly implications?: boolean;
  /** For how many tokens of the new object behind its first a map of their own is learned. Default 0, as in the paper. */
  readonly laterTokens?: LaterTokens;
  /** The model that answers in scope of `serac`'s edits. Default: the edited model itself. */
  readonly counterfactual?: SeracOptions['counterfactual'];
  /** Other edits, on which `serac` trains one classifier for all. Default: each edit trains its own. */
  readonly training?: SeracOptions['training'];
  /**
   * Settings in place of the choice that is built in, by the names of the method's own options: `{ layer: 17 }` for `rome`.
   * The method checks them. Those that map activations have none: their parts are options here.
   */
  readonly settings?: MethodSettings;
  /**
   * Where methods that change weights keep second moments of MLP keys, such as `keyMomentsDirectory()`. Default: memory
   * alone. No part of a method: those without use for it leave it.
   */
  readonly momentsDirectory?: string;
  /** What those moments are taken from. Default: the project's own text. Left by methods without use for it, too. */
  readonly momentsCorpus?: MomentsCorpus;
  /**
   * Where methods that solve for many edits at once keep what each of them asks for, so that a batch finds what other processes
   * have learned. Default: memory alone. No part of a method either.
   */
  readonly memoriesDirectory?: string;
}

/** What methods are given beside a scope: settings, and where those that change weights keep what. */
type Surroundings = Pick<
  MethodOverrides,
  'settings' | 'momentsDirectory' | 'momentsCorpus' | 'memoriesDirectory'
>;

/** Options with settings of the caller's among them, whose names and types the method itself checks. */
const changed = <Options extends object>(options: Options, { settings }: Surroundings): Options => ({
  ...options,
  ...(settings as Partial<Options> | undefined),
});

/** A built-in method for a model. */
type Recipe = (name: string, info: ModelInfo, overrides: MethodOverrides) => EditMethod;

/** The paper's gate on hidden states: centroid of plain and forced rows, 95 % of held-out prompts in scope. */
const paperScope = (): ScopeDetector =>
  euclideanCentroid({ centre: 'all', threshold: { kind: 'coverage', share: 0.95 } });

/** The gate of `sake` with its borders nearer to what it keeps out. */
const wideScope = (info: ModelInfo, changes: { readonly nowShrinkage?: number } = {}): ScopeDetector =>
  steeringScope(info, {
    factorTarget: { kind: 'midpoint', positivePercentile: 3, negativePercentile: 80 },
    ...changes,
  });

/** Where what follows from an edit is asked. Of the edited subject by name; else by whom the description means. */
const impliedScopes = ({ layers }: ModelInfo): ImpliedScopes => ({
  'object-relation': whoWhatNow({
    layers,
    // Few wordings: midway between them and other subjects may lie among the latter.
    factorTarget: {
      who: { kind: 'midpoint', positivePercentile: 3, negativePercentile: 98, maxFalseAccept: 0.01 },
    },
    nowNegatives: [...otherQuestions, 'unrelated'],
  }),
  'described-subject': whoWhatNow({
    layers,
    factors: ['what', 'now', 'meant'],
    whatLayer: layers - 1,
    nowLayer: 'final',
    nowNegatives: [...otherQuestions, 'unrelated'],
  }),
});

/** A method that fits a map on the rows of a whole distribution. */
const mapped =
  (parts: {
    readonly mapper: () => Mapper;
    readonly scope: (info: ModelInfo) => ScopeDetector;
    readonly targets: TargetChoice;
    readonly implied?: (info: ModelInfo) => ImpliedScopes;
    readonly furtherRows?: RowSource;
  }): Recipe =>
  (
    name,
    info,
    { mapper = parts.mapper(), scope = parts.scope(info), targets = parts.targets, ...others },
  ) => {
    for (const part of ['counterfactual', 'training', 'settings'] as const)
      if (others[part] !== undefined) refusePart(name, part);
    return createEditMethod({
      ...{ name, mapper, scope, targets },
      ...(others.forcedSource !== undefined && { forcedSource: others.forcedSource }),
      ...(parts.implied !== undefined && others.implications !== false && { implied: parts.implied(info) }),
      ...(parts.furtherRows !== undefined &&
        others.implications !== false && { furtherRows: parts.furtherRows }),
      ...(others.laterTokens !== undefined && { laterTokens: others.laterTokens }),
    });
  };

/** A method with parts of its own, but for the scope where it has `scope`. */
const fixed =
  (create: (scope: ScopeDetector | undefined, info: ModelInfo, around: Surroundings) => EditMethod): Recipe =>
  (name, info, { scope, settings, momentsDirectory, momentsCorpus, memoriesDirectory, ...others }) => {
    const refused = Object.entries(others).find(([, value]) => value !== undefined);
    if (refused !== undefined) refusePart(name, refused[0]);
    return create(scope, info, {
      ...(settings && { settings }),
      ...(momentsDirectory !== undefined && { momentsDirectory }),
      ...(momentsCorpus && { momentsCorpus }),
      ...(memoriesDirectory !== undefined && { memoriesDirectory }),
    });
  };

/** A method that decides by itself where it applies. */
const scopeless =
  (create: (info: ModelInfo, around: Surroundings) => EditMethod): Recipe =>
  (name, info, overrides) => {
    if (overrides.scope !== undefined) refusePart(name, 'scope');
    return fixed((_, __, around) => create(info, around))(name, info, overrides);
  };

/** The options of `memit` and `compmemit`, each with a folder of its own for what it has learned: its cost is its own. */
const memitOptions = (name: 'memit' | 'compmemit', info: ModelInfo, around: Surroundings): MemitOptions => {
  const { momentsDirectory, momentsCorpus, memoriesDirectory } = around;
  return {
    ...changed(memitSettingsOf(info), around),
    moments: keyMomentsReader(momentsDirectory, momentsCorpus),
    ...(memoriesDirectory !== undefined && { memories: storedMemories(join(memoriesDirectory, name)) }),
  };
};

function refusePart(method: string, option: string): never {
  throw new SakeError(
    'invalid-option',
    `createMethod: expected no ${option} for '${method}', which has no such part, got one; leave it out`,
    { details: { method, option } },
  );
}

/**
 * Methods as tables name them, each with the best of the settings that were tried on dev records, the same number for each
 * (docs/findings.md); those of the paper by name have its own.
 *
 * - `sake-paper`: all target rows, forced source, ridge 1e-2, Euclidean centroid gate.
 * - `sake-paper-implications`: so, with the authors' implications among the rows, as their code has it for Popular.
 * - `sake`: obeying target rows, a smaller ridge of their covariance, who-what-now gate, maps of what follows. Chosen on dev
 *   records.
 * - `uniform`: mean shift over the rows of `sake`, its gate with wider borders; `uniform-paper`: over those of `sake-paper`.
 * - `actadd`: the shift of the request's own prompt alone, gate of `sake` with wider borders.
 * - `actadd-original`: the shift that the steering context makes behind the last block, at the last token, gate of `sake`.
 * - `ft`: one MLP weight fine-tuned within a bound on each of its entries.
 * - `grace`: a learned state at a block within a radius of the request's own.
 * - `icl`: the new fact stated in front of every prompt, no gate; `imagine`: so, behind "Imagine that".
 * - `ike`: demonstrations of other facts, then the new fact, in front of every prompt, no gate.
 * - `rome`: a rank-one change of one MLP's weight, no gate.
 * - `memit`: changes of several MLPs' weights, no gate; edits that are live together are solved for together.
 * - `compmemit`: so, with paraphrases and what follows from the edit in the same batch.
 * - `serac`: the new fact stated in front of what a classifier trained for the edit holds in scope.
 */
const recipes: Readonly<Record<string, Recipe>> = {
  sake: mapped({
    mapper: () => buresWasserstein({ ridge: 10, targetRidge: 1e-2 }),
    scope: steeringScope,
    targets: 'obeying',
    implied: impliedScopes,
  }),
  'sake-paper': mapped({
    mapper: () => buresWasserstein({ ridge: 1e-2 }),
    scope: paperScope,
    targets: 'all',
  }),
  'sake-paper-implications': mapped({
    mapper: () => buresWasserstein({ ridge: 1e-2 }),
    scope: paperScope,
    targets: 'all',
    furtherRows: paperImplications,
  }),
  uniform: mapped({ mapper: () => meanShift(), scope: wideScope, targets: 'obeying' }),
  'uniform-paper': mapped({ mapper: () => meanShift(), scope: paperScope, targets: 'all' }),
  actadd: fixed((scope, info, around) =>
    actAdd(changed({ scope: scope ?? wideScope(info, { nowShrinkage: 0.1 }) }, around)),
  ),
  'actadd-original': fixed((scope, info, around) =>
    // At the first positions, and with the difference of the objects, as in the paper, facts do not move.
    actAddOriginal(
      changed(
        {
          scope: scope ?? steeringScope(info),
          ...({ layer: info.layers - 1, position: 'last', contrast: 'contexts', coefficient: 1 } as const),
        },
        around,
      ),
    ),
  ),
  ft: scopeless((info, around) =>
    // Published settings for the models that have some; else the embedded model's.
    ftL(
      changed(
        ftLPresetFor(info) ?? { layer: criticalBlock(info.layers), learningRate: 2e-3, epsilon: 2e-2 },
        around,
      ),
    ),
  ),
  grace: scopeless((_, around) =>
    grace(changed({ radius: { ofNorm: 0.4 }, start: 'warm' } as const, around)),
  ),
  icl: fixed((scope, _, around) =>
    icl(changed({ wording: 'It is now true that {statement}. ', ...(scope && { scope }) }, around)),
  ),
  ike: fixed((scope, _, around) => ike(changed({ ...(scope && { scope }) }, around))),
  imagine: fixed((scope, _, around) => imagine(changed({ ...(scope && { scope }) }, around))),
  rome: scopeless((info, around) =>
    rome({
      ...changed(romeSettingsOf(info), around),
      moments: keyMomentsReader(around.momentsDirectory, around.momentsCorpus),
    }),
  ),
  memit: scopeless((info, around) => memit(memitOptions('memit', info, around))),
  compmemit: scopeless((info, around) => compMemit(memitOptions('compmemit', info, around))),
  serac: (name, info, { counterfactual, training, ...others }) =>
    fixed((scope, _, around) =>
      serac(
        changed(
          {
            ...(scope && { scope }),
            ...(counterfactual && { counterfactual }),
            ...(training && { training }),
          },
          around,
        ),
      ),
    )(name, info, others),
};

/** Names that {@link createMethod} knows. */
export const methodNames: readonly string[] = Object.keys(recipes);

/** Those of them that fit a map, so that another mapper may take its place. */
export const mappedMethodNames: readonly string[] = [
  'sake',
  'sake-paper',
  'sake-paper-implications',
  'uniform',
  'uniform-paper',
];

/** Those that weigh their changes with second moments of MLP keys. */
export const momentsMethodNames: readonly string[] = ['rome', 'memit', 'compmemit'];

/**
 * A built-in method for a model, with parts replaced where asked.
 *
 * @throws {SakeError} `unknown-kind` for a name that is not built in, `invalid-option` for a part that the method does
 * not have, such as a mapper for `icl`, for a setting that it refuses, and for a block that the model lacks.
 */
export function createMethod(name: string, info: ModelInfo, overrides: MethodOverrides = {}): EditMethod {
  const recipe = Object.hasOwn(recipes, name) ? recipes[name] : undefined;
  if (!recipe)
    throw new SakeError(
      'unknown-kind',
      `createMethod: expected one of ${methodNames.join(', ')}, got ${JSON.stringify(name)}`,
    );
  refuseParts(name, overrides.settings);
  const method = recipe(name, info, overrides);
  checkBlocks(name, info, overrides.settings);
  return method;
}
