import type { EditMethod, PromptEdit, ScopeDetector } from '@sakejs/spec';
import { z } from 'zod';
import { checkOptions, having } from './check-options.js';
import { icl, type IclOptions } from './icl.js';

const schema = z.strictObject({
  name: z.string().min(1).default('imagine'),
  scope: having<ScopeDetector>('fit').optional(),
});

/**
 * {@link icl} in the words of RippleEdits' baseline: `Imagine that The capital of France is Rome. {prompt}`.
 *
 * The statement stands as the request words it, its first letter included, since a name must not lose its capital.
 * Source: Cohen et al., "Evaluating the Ripple Effects of Knowledge Editing in Language Models" (arXiv 2307.12976).
 *
 * @throws as {@link icl}.
 */
export function imagine(options: Omit<IclOptions, 'wording'> = {}): EditMethod<PromptEdit> {
  const { name, scope } = checkOptions('imagine', schema, options);
  return icl({ name, ...(scope && { scope }), wording: 'Imagine that {statement}. ' });
}
