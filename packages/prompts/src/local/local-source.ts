import {
  SakeError,
  type CausalLM,
  type EditRequest,
  type PromptGenerator,
  type PromptOptions,
} from '@sakejs/spec';
import { createEditGates, editSettings } from '../agent/edit-gates.js';
import { instructionList } from '../agent/instructions/instruction-versions.js';
import { createLimiter } from '../agent/limiter.js';
import { writeDistribution } from '../agent/write-distribution.js';
import { checkWriting, type WritingOptions } from '../agent/writing-options.js';
import type { WrittenDistribution } from '../agent/written-distribution.js';
import { checkCount } from '../check-options.js';
import { createLocalWriter } from './local-writer.js';

export interface LocalSourceOptions extends WritingOptions {
  /** Writes the prompts; it stays the caller's to dispose of. */
  readonly lm: CausalLM;
  /** Default 0.8; 0 is greedy, and then all replies of a kind differ by their manner alone. */
  readonly temperature?: number;
  /** Default 0.95. */
  readonly topP?: number;
  /** Most tokens of a reply. Default 400. */
  readonly maxTokens?: number;
  /** Most further tries of a reply without a single entry. Default 2. */
  readonly maxReasks?: number;
}

/** A prompt generator that a causal language model at hand writes for. */
export interface LocalSource extends PromptGenerator {
  readonly kind: 'local';
  generate(request: EditRequest, options: PromptOptions): Promise<WrittenDistribution>;
}

/**
 * Prompt distributions that the user's own model writes, without any API.
 *
 * The agent source's instructions as lists to go on with, with entries for other facts in front: base models continue
 * text, they do not follow orders. Sampled with seeds; the same seed and model give the same distribution. How good the
 * prompts are depends on the model: ones of some hundred million parameters or less mostly fail the gates.
 *
 * `generate` throws as that of the agent source, and `unsupported` when the model's context is too short.
 *
 * @throws {SakeError} `invalid-option` for options out of range.
 */
export function createLocalSource(options: LocalSourceOptions): LocalSource {
  const where = 'createLocalSource';
  const { lm, temperature = 0.8, topP = 0.95, maxTokens = 400, maxReasks = 2 } = options;
  if (typeof lm?.generate !== 'function')
    throw new SakeError(
      'invalid-option',
      `${where}: expected lm as a causal language model, got ${typeof lm}`,
    );
  if (!(temperature >= 0) || !(topP > 0 && topP <= 1))
    throw new SakeError(
      'invalid-option',
      `${where}: expected temperature >= 0 and topP in 0..1, got ${temperature} and ${topP}`,
    );
  checkCount(where, 'maxTokens', maxTokens, 1);
  checkCount(where, 'maxReasks', maxReasks, 0);
  const writing = checkWriting(where, options, { perReply: 10, maxReplies: 40 });
  // A model runs one text at a time.
  const limiter = createLimiter(1);
  const writer = createLocalWriter({
    ...{ lm, temperature, topP, maxTokens, maxReasks },
    limiter,
    cache: options.cache,
  });
  const settings = {
    model: lm.info.id,
    sha256: lm.info.sha256,
    instructions: instructionList,
    ...{ perReply: writing.perReply, temperature, topP, maxTokens },
    ...editSettings(options.modelToEdit),
  };
  const { modelToEdit } = options;
  const modelGates = createEditGates(modelToEdit, modelToEdit === lm ? limiter : createLimiter(1));
  return {
    kind: 'local',
    generate: (request, promptOptions) =>
      writeDistribution(request, promptOptions, {
        writer,
        kind: 'local',
        settings,
        writing,
        negatives: options.negatives,
        gates: options.gates,
        modelGates,
        prices: undefined,
      }),
  };
}
