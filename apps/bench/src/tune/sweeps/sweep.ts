import type { EditMethod, ModelInfo } from '@sakejs/spec';
import type { MomentsCorpus } from 'sakejs';
import { shareScope } from '../../ablations/share-scope.js';

/** One value of an axis, as JSON has it. */
export type AxisValue = string | number;

/** What a method is made for beside its setting. */
export interface SweepContext {
  readonly info: ModelInfo;
  /** Where second moments of MLP keys are kept. */
  readonly momentsDirectory?: string | undefined;
  /** What they are taken from. Default: the project's own text. */
  readonly momentsCorpus?: MomentsCorpus | undefined;
}

/** The grid of one method's settings: a setting takes one value of every axis. */
export interface Sweep {
  readonly axes: (info: ModelInfo) => Readonly<Record<string, readonly AxisValue[]>>;
  /** Makes the method at each of these settings; they may share what does not differ. */
  readonly make: (context: SweepContext) => (setting: Readonly<Record<string, AxisValue>>) => EditMethod;
}

/**
 * A sweep whose `make` sees the values of its own axes.
 *
 * @param prepare what settings share, made once a sweep.
 */
export function sweep<Axes extends Readonly<Record<string, readonly AxisValue[]>>, Shared = undefined>(
  axes: (info: ModelInfo) => Axes,
  make: (
    setting: { readonly [Axis in keyof Axes]: Axes[Axis][number] },
    context: SweepContext,
    shared: Shared,
  ) => EditMethod,
  prepare?: () => Shared,
): Sweep {
  return {
    axes,
    make: (context) => {
      const shared = prepare?.() as Shared;
      return (setting) => make(setting as { [Axis in keyof Axes]: Axes[Axis][number] }, context, shared);
    },
  };
}

/** Gates by what they depend on; settings that differ in something else share a fit. */
export function sharedGates(): (of: AxisValue) => ReturnType<typeof shareScope> {
  const gates = new Map<AxisValue, ReturnType<typeof shareScope>>();
  return (of) => {
    const gate = gates.get(of) ?? shareScope();
    gates.set(of, gate);
    return gate;
  };
}

/** Every block of a model. */
export const blocks = ({ layers }: ModelInfo): number[] =>
  Array.from({ length: layers }, (_, layer) => layer);
