import { projectActivations, type ActivationPicture } from '@sakejs/report';
import {
  fromRows,
  row,
  steeringContext,
  type CausalLM,
  type EditMethod,
  type EditRequest,
  type PromptGenerator,
} from '@sakejs/spec';

export interface PictureOptions {
  readonly lm: CausalLM;
  readonly request: EditRequest;
  readonly method: EditMethod;
  readonly prompts: PromptGenerator;
  readonly count: number;
  readonly seed: number;
  /** Test prompts that nothing generated may resemble. */
  readonly withheld: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * The last-token activations of an edit's prompts on a plane: plain, under the steering context, and plain ones mapped.
 *
 * Undefined for a method that maps no activations.
 */
export async function activationPicture(options: PictureOptions): Promise<ActivationPicture | undefined> {
  const { lm, request, method, prompts, count, seed, withheld, signal } = options;
  const distribution = await prompts.generate(request, { count, seed, withhold: withheld, signal });
  const edit = await method.learn(request, { lm, prompts: distribution, seed, signal });
  if (edit.kind !== 'map') return undefined;
  const { subject, targetTrue, targetNew } = request;
  const plain = distribution.prompts;
  const source = await lm.capture(plain);
  const target = await lm.capture(plain.map((prompt) => steeringContext({ prompt, targetTrue, targetNew })));
  const mapped = fromRows(plain.map((_, index) => edit.map.apply(row(source, index))));
  return {
    edit: `${subject}: ${targetTrue} → ${targetNew}`,
    ...projectActivations({ source, target, mapped }, [...plain, ...plain, ...plain]),
  };
}
