import { fillPrompt } from '@sakejs/spec';
import type { Dataset } from '../corpus/plan-dataset.js';

/**
 * Tells whether a prompt asks in a wording that training uses, of any relation: whether it ends in one of the phrasings
 * with one of the given names in the subject's place. What stands in front does not matter.
 */
export function createTrainedWording({
  phrasings,
}: Pick<Dataset, 'phrasings'>): (prompt: string, names: readonly string[]) => boolean {
  const patterns = [
    ...new Set(phrasings.flatMap(({ statements, questions }) => [...statements, ...questions])),
  ];
  return (prompt, names) =>
    names.some(
      (name) =>
        prompt.includes(name) &&
        patterns.some((pattern) => {
          const filled = fillPrompt(pattern, name);
          const before = prompt.charAt(prompt.length - filled.length - 1);
          return prompt.endsWith(filled) && (before === '' || before === ' ');
        }),
    );
}
