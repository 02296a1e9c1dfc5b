import type { MethodEntry } from '@sakejs/evaluation';
import type { EditMethod, Mapper, ModelInfo, PromptGenerator } from '@sakejs/spec';
import {
  buresWasserstein,
  covarianceEstimators,
  diagonalGaussian,
  identity,
  meanShift,
} from '@sakejs/transport';
import { euclideanCentroid } from '@sakejs/scope';
import { createMethod, type MethodOverrides } from 'sakejs';
import { rememberFits } from './remember-fits.js';
import { shareScope } from './share-scope.js';
import { gateNames, gateScope } from '../gates/gate-methods.js';

/** What an ablation's variants are made for. */
export interface AblationContext {
  readonly info: ModelInfo;
  /** Sources of prompts by name, each giving nested subsets. */
  readonly sources: readonly { readonly name: string; readonly prompts: PromptGenerator }[];
  readonly sizes: readonly number[];
}

/** One question about the method: variants that differ in one thing. */
export interface Ablation {
  readonly title: string;
  /** Whether the variants lie on a line of numbers. */
  readonly axis: 'category' | 'number';
  /** Whether each query is judged with the gate open as well, so that thresholds can be swept. Default false. */
  readonly sweepsThreshold?: true;
  readonly variants: (context: AblationContext) => MethodEntry[];
}

/**
 * `sake` as it is, but for what the overrides change; the label stands in tables. What follows from an edit gets no maps
 * unless the overrides say so: the questions of these suites are the edit's own.
 */
function variant(info: ModelInfo, label: string, overrides: MethodOverrides): MethodEntry {
  return entry(label, createMethod('sake', info, { implications: false, ...overrides }));
}

const entry = (label: string, method: EditMethod): MethodEntry => ({
  name: label,
  method,
  fingerprint: `sake: ${label}`,
});

/** Variants of `sake` by label that share its gate, which their overrides do not touch. */
function withOneGate(
  info: ModelInfo,
  variants: readonly (readonly [string, Pick<MethodOverrides, 'mapper' | 'targets'>])[],
): MethodEntry[] {
  const share = shareScope();
  return variants.map(([label, overrides]) =>
    entry(
      label,
      share((scope) =>
        createMethod('sake', info, { implications: false, ...overrides, ...(scope && { scope }) }),
      ),
    ),
  );
}

const mappers: Readonly<Record<string, () => Mapper>> = {
  'OT, ridge 10, target ridge 0.01': () => buresWasserstein({ ridge: 10, targetRidge: 0.01 }),
  'OT, ridge by cross-validation': () => buresWasserstein({ ridge: 'cross-validated' }),
  'OT, ridge 0.01': () => buresWasserstein({ ridge: 0.01 }),
  'mean shift': () => meanShift(),
  'diagonal Gaussian': () => diagonalGaussian(),
  identity: () => identity(),
};

/** Ridges (activation²) that the ridge ablation tries. */
const ridges = [0.001, 0.01, 0.1, 1, 10, 100] as const;

/** Every ablation by name. Variants differ from the frozen `sake` in one thing, from `sake-paper` where that has it. */
export const ablations: Readonly<Record<string, Ablation>> = {
  mapper: {
    title: 'Map, over obeying target rows and over all',
    axis: 'category',
    variants: ({ info }) => {
      const remembered = Object.entries(mappers).map(([name, make]) => [name, rememberFits(make())] as const);
      const named = (['obeying', 'all'] as const).flatMap((targets) =>
        remembered.map(
          ([name, mapper]) =>
            [`${name}${targets === 'all' ? ', all rows' : ''}`, { mapper, targets }] as const,
        ),
      );
      return withOneGate(info, named);
    },
  },
  ridge: {
    title: 'Ridge of the optimal transport map',
    axis: 'number',
    variants: ({ info }) =>
      withOneGate(info, [
        ...ridges.map((ridge) => [String(ridge), { mapper: buresWasserstein({ ridge }) }] as const),
        ['cross-validated', { mapper: buresWasserstein({ ridge: 'cross-validated' }) }],
        ['10, target 0.01', {}],
      ]),
  },
  covariance: {
    title: 'Covariance estimator',
    axis: 'category',
    variants: ({ info }) =>
      withOneGate(
        info,
        covarianceEstimators.map((covariance) => [
          covariance,
          { mapper: buresWasserstein({ ridge: 0.01, covariance }) },
        ]),
      ),
  },
  count: {
    title: 'Number of prompts, nested subsets',
    axis: 'number',
    variants: ({ info, sources: [first], sizes }) =>
      sizes.map((count) => ({
        ...variant(info, String(count), {}),
        count,
        ...(first !== undefined && { prompts: first.prompts }),
      })),
  },
  source: {
    title: 'Source of prompts',
    axis: 'category',
    variants: ({ info, sources }) =>
      sources.map(({ name, prompts }) => ({ ...variant(info, name, {}), prompts })),
  },
  forced: {
    title: 'Forced source prompts among the source rows',
    axis: 'category',
    variants: ({ info }) => [
      variant(info, 'with', { forcedSource: true }),
      variant(info, 'without', { forcedSource: false }),
    ],
  },
  targets: {
    title: 'Target rows',
    axis: 'category',
    variants: ({ info }) =>
      withOneGate(
        info,
        (['obeying', 'all'] as const).map((targets) => [targets, { targets }]),
      ),
  },
  centre: {
    title: "Rows of the centroid gate's centre",
    axis: 'category',
    variants: ({ info }) =>
      (['plain', 'all'] as const).map((centre) =>
        variant(info, centre, {
          scope: euclideanCentroid({ centre, threshold: { kind: 'coverage', share: 0.95 } }),
        }),
      ),
  },
  gate: {
    title: 'Gate',
    axis: 'category',
    variants: ({ info }) => {
      const mapper = rememberFits(buresWasserstein({ ridge: 10, targetRidge: 0.01 }));
      return gateNames.map((name) => variant(info, name, { mapper, ...gateScope(name, info) }));
    },
  },
  threshold: {
    title: 'Threshold of the gate',
    axis: 'category',
    sweepsThreshold: true,
    variants: ({ info }) =>
      ['sake', 'sake-paper'].map((name) => ({ name, method: createMethod(name, info) })),
  },
};

export const ablationNames: readonly string[] = Object.keys(ablations);
