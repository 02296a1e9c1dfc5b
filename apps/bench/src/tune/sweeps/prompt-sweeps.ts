import { icl, ike, serac } from '@sakejs/baselines';
import { trainedClassifier } from '@sakejs/scope';
import { sharedGates, sweep, type Sweep } from './sweep.js';
import { imaginingNames, imaginings, wordingNames, wordings } from './wordings.js';

/** Copies, updates and retains that go together: the paper's, and with one of them stressed or alone. */
const ratios = {
  '1:3:4': { copy: 1, update: 3, retain: 4 },
  '4:2:2': { copy: 4, update: 2, retain: 2 },
  '1:1:6': { copy: 1, update: 1, retain: 6 },
  '0:0:1': { copy: 0, update: 0, retain: 1 },
} as const;

/** Methods that put text in front of what is asked. */
export const promptSweeps: Readonly<Record<string, Sweep>> = {
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
  imagine: sweep(
    () => ({ wording: imaginingNames }),
    ({ wording }) => icl({ name: 'imagine', wording: imaginings[wording] }),
  ),
  serac: sweep(
    () => ({
      penalty: [1e-2, 1e-4, 1e-6],
      threshold: [0.3, 0.5, 0.7],
      wording: ['new fact', 'steering', 'implication', 'bare'] as const,
    }),
    ({ penalty, threshold, wording }, { info: { layers } }, gates) =>
      gates(`${penalty} ${threshold}`)(
        (scope = trainedClassifier({ layers, penalties: [penalty], threshold })) =>
          serac({ wording: wordings[wording], scope }),
      ),
    sharedGates,
  ),
};
