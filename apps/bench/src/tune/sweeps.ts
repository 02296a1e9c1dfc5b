import { actAddOriginal, ftL, grace, icl, ike, serac } from '@sakejs/baselines';
import { trainedClassifier, whoWhatNow } from '@sakejs/scope';
import type { EditMethod, ModelInfo } from '@sakejs/spec';
import { buresWasserstein } from '@sakejs/transport';
import { createMethod } from 'sakejs';
import { shareScope } from '../ablations/share-scope.js';

/** One value of an axis, as JSON has it. */
export type AxisValue = string | number;

/** The grid of one method's settings: a setting takes one value of every axis. */
export interface Sweep {
  readonly axes: (info: ModelInfo) => Readonly<Record<string, readonly AxisValue[]>>;
  /** Makes the method at each of these settings; they may share what does not differ. */
  readonly make: (info: ModelInfo) => (setting: Readonly<Record<string, AxisValue>>) => EditMethod;
}

/**
 * A sweep whose `make` sees the values of its own axes.
 *
 * @param prepare what settings share, made once a sweep.
 */
function sweep<Axes extends Readonly<Record<string, readonly AxisValue[]>>, Shared = undefined>(
  axes: (info: ModelInfo) => Axes,
  make: (
    setting: { readonly [Axis in keyof Axes]: Axes[Axis][number] },
    info: ModelInfo,
    shared: Shared,
  ) => EditMethod,
  prepare?: () => Shared,
): Sweep {
  return {
    axes,
    make: (info) => {
      const shared = prepare?.() as Shared;
      return (setting) => make(setting as { [Axis in keyof Axes]: Axes[Axis][number] }, info, shared);
    },
  };
}

/** Gates by what they depend on; settings that differ in something else share a fit. */
function sharedGates(): (of: AxisValue) => ReturnType<typeof shareScope> {
  const gates = new Map<AxisValue, ReturnType<typeof shareScope>>();
  return (of) => {
    const gate = gates.get(of) ?? shareScope();
    gates.set(of, gate);
    return gate;
  };
}

/** Every block of a model. */
const blocks = ({ layers }: ModelInfo): number[] => Array.from({ length: layers }, (_, layer) => layer);

/** Ways of stating a fact: announced, imagined, in METHOD's contexts of steering and of implications, and bare. */
const wordings = {
  'new fact': 'New fact: {statement}. ',
  imagine: 'Imagine that {statement}. ',
  steering: "Do not mention '{targetTrue}'. Repeat this sentence: '{statement}'. ",
  implication:
    "Pretend that this context is true and forget your previous knowledge: '{statement}'. " +
    'Now, based on the previous context only, complete this sentence: ',
  bare: '{statement}. ',
} as const;

const wordingNames = Object.keys(wordings) as (keyof typeof wordings)[];

/** Copies, updates and retains that go together: the paper's, and with one of them stressed or alone. */
const ratios = {
  '1:3:4': { copy: 1, update: 3, retain: 4 },
  '4:2:2': { copy: 4, update: 2, retain: 2 },
  '1:1:6': { copy: 1, update: 1, retain: 6 },
  '0:0:1': { copy: 0, update: 0, retain: 1 },
} as const;

/**
 * The settings that `sake-bench tune` tries, method by method: what each paper leaves to be chosen for a model.
 *
 * Which of a grid are tried is drawn, so that each method is given the same budget however large its grid. A new method is
 * one entry.
 */
export const sweeps: Readonly<Record<string, Sweep>> = {
  sake: sweep(
    () => ({ ridge: [0.1, 1, 10, 100], targetRidge: [1e-3, 1e-2, 1e-1] }),
    ({ ridge, targetRidge }, info, share) =>
      share((scope) =>
        createMethod('sake', info, {
          mapper: buresWasserstein({ ridge, targetRidge }),
          implications: false,
          ...(scope && { scope }),
        }),
      ),
    shareScope,
  ),
  'actadd-original': sweep(
    (info) => ({
      layer: blocks(info),
      position: ['first', 'last'] as const,
      contrast: ['objects', 'statements', 'contexts'] as const,
      coefficient: [1, 2.5, 5],
    }),
    (setting, { layers }, share) =>
      share((scope = whoWhatNow({ layers })) => actAddOriginal({ ...setting, scope })),
    shareScope,
  ),
  ft: sweep(
    (info) => ({
      layer: blocks(info),
      epsilon: [1e-3, 2e-3, 5e-3, 1e-2, 2e-2],
      learningRate: [5e-4, 1e-3, 2e-3, 5e-3],
    }),
    (setting) => ftL(setting),
  ),
  grace: sweep(
    (info) => ({ layer: blocks(info), radius: [0.2, 0.3, 0.35, 0.4, 0.5], start: ['cold', 'warm'] as const }),
    ({ layer, radius, start }) => grace({ layer, start, radius: { ofNorm: radius } }),
  ),
  icl: sweep(
    () => ({ wording: wordingNames }),
    ({ wording }) => icl({ wording: wordings[wording] }),
  ),
  ike: sweep(
    () => ({
      demonstrations: [1, 2, 4, 8, 16, 32],
      ratio: Object.keys(ratios) as (keyof typeof ratios)[],
    }),
    ({ demonstrations, ratio }) => ike({ demonstrations, ratio: ratios[ratio] }),
  ),
  serac: sweep(
    () => ({ penalty: [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6], wording: wordingNames }),
    ({ penalty, wording }, { layers }, gates) =>
      gates(penalty)((scope = trainedClassifier({ layers, penalties: [penalty] })) =>
        serac({ wording: wordings[wording], scope }),
      ),
    sharedGates,
  ),
};

/** Methods whose settings can be tried. */
export const sweptMethods: readonly string[] = Object.keys(sweeps);
