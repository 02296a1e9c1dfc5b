import { checkCount } from '../check-options.js';
import type { QualityGate } from './quality-gate.js';

export interface LengthOptions {
  /** Fewest words, the subject's among them. Default 2. */
  readonly minWords?: number;
  /** Most words. Default 80. */
  readonly maxWords?: number;
  /** Most UTF-16 code units. Default 600. */
  readonly maxCharacters?: number;
}

/** Drops texts outside the bounds: what a model rambles on, and stumps. */
export function lengthBounds(options: LengthOptions = {}): QualityGate {
  const { minWords = 2, maxWords = 80, maxCharacters = 600 } = options;
  checkCount('lengthBounds', 'minWords', minWords, 0);
  checkCount('lengthBounds', 'maxWords', maxWords, Math.max(1, minWords));
  checkCount('lengthBounds', 'maxCharacters', maxCharacters, 1);
  return {
    name: 'length',
    check: ({ text, wording }) => {
      const words = wording === '' ? 0 : wording.split(' ').length;
      return words >= minWords && words <= maxWords && text.length <= maxCharacters;
    },
  };
}
