import {
  SakeError,
  type Json,
  type PromptGenerator,
  type PromptOptions,
  type EditRequest,
} from '@sakejs/spec';
import { checkCount } from '../check-options.js';
import { createAgentWriter, type CallReport } from './agent-writer.js';
import { connectChat, type ApiKey, type AzureOptions, type ChatClient } from './chat-client.js';
import type { ResponseFormat } from './chat-messages.js';
import { createEditGates, editSettings } from './edit-gates.js';
import { instructionList } from './instructions/instruction-versions.js';
import { createLimiter } from './limiter.js';
import { addUsage, checkPrices, costOf, noUsage, type TokenPrices, type TokenUsage } from './token-usage.js';
import { writeDistribution } from './write-distribution.js';
import { checkWriting, type WritingOptions } from './writing-options.js';
import type { WrittenDistribution } from './written-distribution.js';

/** What a source's model calls took since it was created. */
export interface SourceUsage extends TokenUsage {
  /** Replies that came from the cache, or of a call for the same reply that ran already, and cost nothing now. */
  readonly cachedReplies: number;
  /** Replies asked for again, because the first was of no use. */
  readonly reasked: number;
  /** Replies that did not come, after every retry. */
  readonly failed: number;
  /** Present where prices were given. */
  readonly cost?: number;
}

/** One reply came in, or did not. */
export interface AgentProgress extends CallReport {
  /** The source's usage so far. */
  readonly total: SourceUsage;
}

export interface AgentSourceOptions extends WritingOptions {
  /** The model's name, as the server knows it; of Azure, also the deployment's unless that is given. */
  readonly model: string;
  /** Any server that speaks OpenAI's chat completions. Default: `OPENAI_BASE_URL`, else OpenAI. */
  readonly baseURL?: string;
  /**
   * Default: `OPENAI_API_KEY` (`AZURE_OPENAI_API_KEY` with `azure`); a function is asked before each call. Servers
   * other than OpenAI's may do without.
   */
  readonly apiKey?: ApiKey;
  /** An Azure OpenAI resource instead of `baseURL`. */
  readonly azure?: AzureOptions;
  /** A client of your own instead: `new OpenAI({…})`. Its attempts cannot be counted, nor long waits refused. */
  readonly client?: ChatClient;
  /** Model calls at once, over all requests. Default 4. */
  readonly concurrency?: number;
  /** Most ms for an attempt; while a stream runs, between two of its parts. Default 60,000. */
  readonly timeoutMs?: number;
  /** Most retries of a request after connection errors, timeouts, 408, 409, 429 and 5xx. Default 4. */
  readonly maxRetries?: number;
  /** A server that asks for a longer wait before a retry (`Retry-After`), in ms, is given up. Default 60,000. */
  readonly retryAfterLimitMs?: number;
  /** Most further tries of a reply that was refused, cut off, malformed or of another shape. Default 2. */
  readonly maxReasks?: number;
  /** Sampling temperature. Default: the server's. */
  readonly temperature?: number;
  /** Sends seeds to the server, each reply another one made from it. Default: none are sent. */
  readonly seed?: number;
  /** Most tokens of a reply. Default: the server's. */
  readonly maxTokens?: number;
  /** Further fields of each request's body, such as `top_p` or `reasoning_effort`. Never put a key here. */
  readonly parameters?: Readonly<Record<string, Json>>;
  /** How JSON is asked for. Default `auto`: by a schema, and by less when the server does not know that. */
  readonly responseFormat?: ResponseFormat | 'auto';
  /** Whether replies are streamed: long ones of slow servers then outlast `timeoutMs`. Default false. */
  readonly stream?: boolean;
  /** What you pay, for `cost`. */
  readonly prices?: TokenPrices;
  readonly onProgress?: (event: AgentProgress) => void;
}

/** A prompt generator that a chat model writes for. */
export interface AgentSource extends PromptGenerator {
  readonly kind: 'agent';
  generate(request: EditRequest, options: PromptOptions): Promise<WrittenDistribution>;
  /** What all calls took since the source was created. */
  usage(): SourceUsage;
}

/**
 * Prompt distributions that a chat model writes, through any server with OpenAI's interface.
 *
 * Six instructions, each with a version: paraphrases, aliases of the subject, implications over one and two further
 * facts, reverse questions, doubts. Test prompts are never shown to the model; what it writes is screened against them.
 * With the same cache and seed, distributions are the same. Nothing is retried for ever: each reply ends within
 * (maxReasks + 1) * ((maxRetries + 1) * timeoutMs + the waits between).
 *
 * `generate` throws `not-enough-data` for fewer prompts than asked for, `io` when replies failed or the cache cannot be
 * written, `aborted`. Keys are in no error, event, result or file.
 *
 * @throws {SakeError} `invalid-option` for options out of range, and without a key where one is needed.
 */
export function createAgentSource(options: AgentSourceOptions): AgentSource {
  const where = 'createAgentSource';
  const { concurrency = 4, timeoutMs = 60_000, maxRetries = 4, retryAfterLimitMs = 60_000 } = options;
  const { maxReasks = 2, model, temperature, maxTokens, prices, responseFormat = 'auto' } = options;
  if (typeof model !== 'string' || model.trim() === '')
    throw new SakeError(
      'invalid-option',
      `${where}: expected the name of a model, got ${JSON.stringify(model)}`,
    );
  checkCount(where, 'concurrency', concurrency, 1);
  checkCount(where, 'timeoutMs', timeoutMs, 1);
  checkCount(where, 'maxRetries', maxRetries, 0);
  checkCount(where, 'retryAfterLimitMs', retryAfterLimitMs, 0);
  checkCount(where, 'maxReasks', maxReasks, 0);
  if (maxTokens !== undefined) checkCount(where, 'maxTokens', maxTokens, 1);
  if (options.seed !== undefined) checkCount(where, 'seed', options.seed, 0);
  if (temperature !== undefined && !(temperature >= 0))
    throw new SakeError('invalid-option', `${where}: expected temperature >= 0, got ${temperature}`);
  if (!['auto', 'json_schema', 'json_object', 'text'].includes(responseFormat))
    throw new SakeError(
      'invalid-option',
      `${where}: expected responseFormat as auto, json_schema, json_object or text, got ${JSON.stringify(responseFormat)}`,
    );
  if (prices !== undefined) checkPrices(where, prices);
  const writing = checkWriting(where, options, { perReply: 25, maxReplies: 20 });
  const { baseURL, apiKey, azure, client } = options;
  const connection = connectChat(where, { baseURL, apiKey, azure, client, retryAfterLimitMs });

  let total: SourceUsage = { ...noUsage, cachedReplies: 0, reasked: 0, failed: 0 };
  const report = (event: CallReport): void => {
    const sum = addUsage(total, event.usage);
    total = {
      ...sum,
      cachedReplies: total.cachedReplies + (event.outcome === 'cached' ? 1 : 0),
      reasked: total.reasked + (event.outcome === 'reasked' ? 1 : 0),
      failed: total.failed + (event.outcome === 'failed' ? 1 : 0),
      ...(prices === undefined ? {} : { cost: costOf(sum, prices) }),
    };
    options.onProgress?.({ ...event, total });
  };
  const writer = createAgentWriter({
    connection,
    model,
    bounds: { timeoutMs, maxRetries, retryAfterLimitMs, stream: options.stream ?? false },
    maxReasks,
    limiter: createLimiter(concurrency),
    cache: options.cache,
    format: responseFormat,
    maxTokens,
    temperature,
    apiSeed: options.seed,
    parameters: options.parameters ?? {},
    report,
  });
  const settings = {
    model,
    endpoint: connection.endpoint,
    instructions: instructionList,
    perReply: writing.perReply,
    ...editSettings(options.modelToEdit),
    ...(temperature === undefined ? {} : { temperature }),
    ...(options.seed === undefined ? {} : { apiSeed: options.seed }),
  };
  const modelGates = createEditGates(options.modelToEdit, createLimiter(1));
  return {
    kind: 'agent',
    generate: (request, promptOptions) =>
      writeDistribution(request, promptOptions, {
        writer,
        kind: 'agent',
        settings,
        writing,
        negatives: options.negatives,
        gates: options.gates,
        modelGates,
        prices,
      }),
    usage: () => total,
  };
}
