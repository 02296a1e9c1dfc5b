import type { EditMethod, PromptEdit } from '@sakejs/spec';
import { icl, type IclOptions } from './icl.js';

/**
 * {@link icl} in the words of RippleEdits' baseline: `Imagine that The capital of France is Rome. {prompt}`.
 *
 * The statement stands as the request words it, its first letter included, since a name must not lose its capital.
 * Source: Cohen et al., "Evaluating the Ripple Effects of Knowledge Editing in Language Models" (arXiv 2307.12976).
 *
 * @throws as {@link icl}.
 */
export function imagine(options: Omit<IclOptions, 'wording'> = {}): EditMethod<PromptEdit> {
  return icl({ name: 'imagine', ...options, wording: 'Imagine that {statement}. ' });
}
