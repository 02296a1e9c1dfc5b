import { activationSweeps } from './activation-sweeps.js';
import { promptSweeps } from './prompt-sweeps.js';
import type { Sweep } from './sweep.js';
import { weightSweeps } from './weight-sweeps.js';

/**
 * The settings that `sake-bench tune` tries, method by method: what each paper leaves to be chosen for a model.
 *
 * Which of a grid are tried is drawn, so that each method is given the same budget however large its grid. A new method is
 * one entry.
 */
export const sweeps: Readonly<Record<string, Sweep>> = {
  ...activationSweeps,
  ...promptSweeps,
  ...weightSweeps,
};

/** Methods whose settings can be tried. */
export const sweptMethods: readonly string[] = Object.keys(sweeps);

/** Methods that are not tuned, and why. */
export const fixedMethods: Readonly<Record<string, string>> = {
  'sake-paper': "its paper's settings",
  'sake-paper-implications': "its paper's settings",
  'uniform-paper': "the rows and gate of sake-paper, which are its paper's",
};
