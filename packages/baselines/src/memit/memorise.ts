import { objectTokens } from '@sakejs/editor';
import { modelGradients, row, type CausalLM, type LossSequence } from '@sakejs/spec';
import { once } from '../once.js';
import { optimizeValue, type ValueStep } from '../rome/optimize-value.js';
import { subjectContexts, type SubjectContext } from '../rome/subject-context.js';
import type { MemitSettings } from './memit-settings.js';

/** One association to write: the prompt, with `{}` for the subject, shall be completed with the object. */
export interface Association {
  readonly subject: string;
  readonly prompt: string;
  readonly object: string;
}

/** An association as MEMIT writes it. */
export interface Memory {
  /** The prompt in its contexts, the plain one first. */
  readonly contexts: readonly SubjectContext[];
  /** z, what the stream behind the last critical block shall be at the subject's last token, [d]. */
  readonly target: Float64Array;
  /** One a loss that was read. */
  readonly steps: readonly ValueStep[];
}

/** Memories that were made, or are: methods that differ in what they do with them may share one store. */
export interface Memories {
  /** What was made from the same, or is now. A failure is not kept. */
  get(key: MemoryKey, make: () => Promise<Memory>): Promise<Memory>;
}

/** All that a memory depends on. */
export interface MemoryKey {
  readonly association: Association;
  readonly settings: MemitSettings;
  readonly seed: number;
  /** Tells the model, and what its prefixes began with, from others. */
  readonly model: string;
}

/** All that a memory depends on as text: λ and the blocks below the last have no part in it. */
export function memoryKey({ association, settings, seed, model }: MemoryKey): string {
  const { layers, momentWeight: _, ...others } = settings;
  return JSON.stringify([model, seed, layers.at(-1), others, association]);
}

/** An empty store of memories; it grows by d numbers and some contexts an association. */
export function createMemories(): Memories {
  const known = new Map<string, Promise<Memory>>();
  return { get: (key, make) => once(known, memoryKey(key), make) };
}

export interface MemoriseOptions {
  readonly settings: MemitSettings;
  /** Texts in front of the prompt, from `samplePrefixes`; the plain prompt is always there. */
  readonly prefixes: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * z of one association: the residual stream behind the last critical block, at the subject's last token, with which the
 * model says the object. The loss and its optimiser are ROME's, with the stream h in the place of the MLP's output.
 *
 * Source: Meng et al. (arXiv 2210.07229), equation 16.
 *
 * @throws {SakeError} as `optimizeValue` and `subjectContexts`.
 */
export async function memorise(
  lm: CausalLM,
  association: Association,
  { settings, prefixes, signal }: MemoriseOptions,
): Promise<Memory> {
  const { object } = association;
  const layer = settings.layers.at(-1)!;
  const cancel = signal === undefined ? {} : { signal };
  const contexts = subjectContexts(lm, association, ['', ...prefixes]);
  const essences = subjectContexts(lm, { ...association, prompt: settings.essencePrompt }, ['']);
  const value = await streamAt(lm, contexts[0]!, layer, signal);
  const { delta, steps } = await optimizeValue(lm, {
    ...{ rewrites: contexts, essences, value, ...cancel },
    settings: { ...settings, layer },
    target: objectTokens(lm, object),
  });
  return { contexts, target: delta.map((x, i) => x + value[i]!), steps };
}

/** The plain residual stream behind a block at the subject, [d]. */
async function streamAt(
  lm: CausalLM,
  { tokens, subject }: SubjectContext,
  layer: number,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const read: LossSequence = {
    tokens,
    sites: [subject],
    terms: [{ kind: 'target', position: tokens.length - 1, token: 0, weight: 1 }],
  };
  const options = { layer, ...(signal && { signal }) };
  return row((await modelGradients(lm, 'memorise').streamLoss([read], options)).stream, 0);
}
