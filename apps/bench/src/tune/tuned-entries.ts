import type { MethodEntry } from '@sakejs/evaluation';
import { createRandom, SakeError, type ModelInfo } from '@sakejs/spec';
import { createMethod } from 'sakejs';
import { ownMoments, wantsMoments, type MomentsChoice } from '../stats/own-moments.js';
import type { AxisValue } from './sweeps/sweep.js';
import { fixedMethods, sweeps, sweptMethods } from './sweeps/sweeps.js';

/** The row of a method's own settings, beside those that are tried. */
export const OWN_SETTINGS = 'as it is';

/** One point of a grid. */
export interface TunedSetting {
  /** As tables have it: `layer 0, epsilon 0.005`. */
  readonly label: string;
  readonly values: Readonly<Record<string, AxisValue>>;
}

export interface DrawSettingsOptions {
  /** Most settings. */
  readonly budget: number;
  readonly seed: number;
}

/**
 * Settings of a method's grid in its order: all of them where the budget allows, else that many, drawn by the seed.
 *
 * @throws {SakeError} `unknown-kind` for a method without a grid.
 */
export function drawSettings(
  name: string,
  info: ModelInfo,
  { budget, seed }: DrawSettingsOptions,
): TunedSetting[] {
  const grid = gridOf(name, info);
  if (grid.length <= budget) return grid;
  const shuffled = createRandom(`tune ${name} ${seed}`).shuffle([...grid.keys()]);
  const kept = new Set(shuffled.slice(0, budget));
  return grid.filter((_, index) => kept.has(index));
}

/** Why a method has no grid. */
export function notSwept(name: string): SakeError {
  const fixed = Object.hasOwn(fixedMethods, name) ? `, which has ${fixedMethods[name]}` : '';
  return new SakeError(
    'unknown-kind',
    `sake-bench tune: expected a method among ${sweptMethods.join(', ')}, got ${name}${fixed}`,
  );
}

/** Every setting of a method's grid. @throws {SakeError} as {@link drawSettings}. */
export function gridOf(name: string, info: ModelInfo): TunedSetting[] {
  const found = Object.hasOwn(sweeps, name) ? sweeps[name] : undefined;
  if (found === undefined) throw notSwept(name);
  const settings = Object.entries(found.axes(info)).reduce<Record<string, AxisValue>[]>(
    (before, [axis, values]) =>
      before.flatMap((setting) => values.map((value) => ({ ...setting, [axis]: value }))),
    [{}],
  );
  return settings.map((values) => ({
    label: Object.entries(values)
      .map(([axis, value]) => `${axis} ${value}`)
      .join(', '),
    values,
  }));
}

export interface TunedEntriesOptions extends DrawSettingsOptions {
  /** What methods that change weights take moments of keys from. Default: the project's own text. */
  readonly moments?: MomentsChoice | undefined;
}

/**
 * Rows of a sweep: the method as it is, then each setting that is tried.
 *
 * @throws {SakeError} as {@link drawSettings} and `ownMoments`.
 */
export async function tunedEntries(
  name: string,
  info: ModelInfo,
  { moments: chosen, ...options }: TunedEntriesOptions,
): Promise<MethodEntry[]> {
  const settings = drawSettings(name, info, options);
  const { overrides, fingerprint } = await ownMoments(chosen ?? {});
  const make = sweeps[name]!.make({ info, ...overrides });
  const of = chosen !== undefined && wantsMoments(name) ? `${name} ${fingerprint}` : name;
  return [
    {
      name: OWN_SETTINGS,
      method: createMethod(name, info, overrides),
      fingerprint: `tune ${of}`,
    },
    ...settings.map(({ label, values }) => ({
      name: label,
      method: make(values),
      fingerprint: `tune ${of} ${JSON.stringify(values)}`,
    })),
  ];
}
