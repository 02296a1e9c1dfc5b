import type { CausalLM, GenerateOptions, ModelInfo, Prompt, SakeError } from '@sakejs/spec';
import { captureStates, observeStates, projectStates, type StateReader } from './capture.js';
import type { ChangedBodies } from './changed-bodies.js';
import type { Decoder } from './decoder.js';
import { generateRows, type BatchGenerationModel } from './generate.js';
import { createGenerationRow } from './generation-row.js';
import { createLayerAccess } from './layer-access.js';
import type { LiveChange } from './live-change.js';
import type { GradientSessions } from './model-gradients.js';
import { promptTokens } from './prompt-tokens.js';
import type { TracingSessions } from './model-tracing.js';
import type { Tokenizer } from './tokenizer.js';

/** What a causal LM is made of. */
export interface CausalLMParts {
  readonly info: ModelInfo;
  /** The plain model's. */
  readonly decoder: Decoder;
  readonly tokenizer: Tokenizer;
  readonly eosTokens: ReadonlySet<number>;
  /** Most tokens, padding included, of a batch. */
  readonly batchTokens: number;
  readonly changed: ChangedBodies;
  readonly keySizes: readonly number[] | SakeError;
  readonly gradients: GradientSessions;
  readonly tracing: TracingSessions;
  readonly dispose: () => Promise<void>;
}

/** A causal LM over opened sessions; with a change, the view of it that runs with the change. */
export function createCausalLM(parts: CausalLMParts, change?: LiveChange): CausalLM {
  const { tokenizer, eosTokens, batchTokens } = parts;
  // So that nothing takes states of one for the other's.
  const info: ModelInfo =
    change === undefined
      ? parts.info
      : { ...parts.info, runtime: { ...parts.info.runtime, change: change.id } };
  const decoder = change?.decoder ?? parts.decoder;
  const reader: StateReader = {
    ...{ decoder, batchTokens, hiddenSize: info.hiddenSize, layers: info.layers },
    ...(change?.additions && { additions: change.additions }),
  };
  const model: BatchGenerationModel = {
    ...{ ...reader, tokenizer, eosTokens, maxPositions: info.maxPositions, sharesRowsAs: parts.decoder },
  };
  const sequences = (prompts: readonly Prompt[], where: string): (readonly number[])[] =>
    prompts.map((prompt, index) => promptTokens(prompt, tokenizer, info, `${where}, prompt ${index}`));
  const openRow = (prompt: Prompt, rowOptions: Omit<GenerateOptions, 'signal'>, where: string) => () =>
    createGenerationRow(model, promptTokens(prompt, tokenizer, info, where), rowOptions);

  return {
    info,
    ...(tokenizer.chat && { chat: tokenizer.chat }),
    encode: (text) => tokenizer.encode(text),
    decode: (tokens) => tokenizer.decode(tokens),
    capture: async (prompts, options = {}) => captureStates(reader, sequences(prompts, 'capture'), options),
    observe: async (prompts, options = {}) => observeStates(reader, sequences(prompts, 'observe'), options),
    project: async (hidden) => projectStates(reader, hidden),
    async *generate(prompt, { signal, ...rowOptions } = {}) {
      yield* generateRows(model, [openRow(prompt, rowOptions, 'generate')], signal)[0]!;
    },
    generateBatch: (requests, { signal } = {}) =>
      generateRows(
        model,
        requests.map(({ prompt, ...rowOptions }, index) =>
          openRow(prompt, rowOptions, `generateBatch, prompt ${index}`),
        ),
        signal,
      ),
    gradients: parts.gradients.of({ decoder, sequences, ...(change && { change }) }),
    // The restorable graph is the plain model's.
    ...(change === undefined && { tracing: parts.tracing.of(sequences) }),
    layers: createLayerAccess(parts, change, { reader, sequences }),
    [Symbol.asyncDispose]: change === undefined ? parts.dispose : () => Promise.resolve(),
  };
}
