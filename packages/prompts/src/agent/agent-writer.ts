import { createRandom, type Json } from '@sakejs/spec';
import { cacheKey } from '../cache/cache-key.js';
import type { PromptCache } from '../cache/prompt-cache.js';
import { keepWriting, readWriting } from './cached-writing.js';
import { CallError } from './call-error.js';
import type { ChatConnection } from './chat-client.js';
import { chatMessages, responseFormat, type ResponseFormat } from './chat-messages.js';
import { completeChat, type CallBounds } from './complete-chat.js';
import type { InstructionKind } from './instructions/instruction.js';
import type { Limiter } from './limiter.js';
import { parseReply, replyJsonSchema } from './parse-reply.js';
import { addReasked, type PromptWriter, type Reasked, type WriteJob, type Written } from './prompt-writer.js';
import { redacted } from './redact.js';
import { createSharedCalls } from './shared-calls.js';
import { addUsage, noUsage, type TokenUsage } from './token-usage.js';

/** One reply, as it came in. */
export interface CallReport {
  readonly kind: InstructionKind;
  readonly batch: number;
  readonly subject: string;
  /**
   * `reasked` and `reformatted` are followed by another report on the same reply; `cached`: from the cache, or of a call
   * for the same reply that ran already.
   */
  readonly outcome: 'written' | 'cached' | 'reasked' | 'reformatted' | 'failed';
  /** What this outcome took; nothing when it came from the cache. */
  readonly usage: TokenUsage;
  readonly reason?: string;
}

export interface AgentWriterOptions {
  readonly connection: ChatConnection;
  readonly model: string;
  readonly bounds: CallBounds;
  readonly maxReasks: number;
  readonly limiter: Limiter;
  readonly cache: PromptCache | undefined;
  /** `auto` begins with `json_schema` and steps down when the server does not know it. */
  readonly format: ResponseFormat | 'auto';
  readonly maxTokens: number | undefined;
  readonly temperature: number | undefined;
  /** Sent as the API's `seed`, another one for each reply. */
  readonly apiSeed: number | undefined;
  /** Further fields of the request's body. */
  readonly parameters: Readonly<Record<string, Json>>;
  readonly report: (report: CallReport) => void;
}

const formats: readonly ResponseFormat[] = ['json_schema', 'json_object', 'text'];
/** How servers say that they do not know a response format; some with 5xx. */
const formatTrouble =
  /response_?format|json_?schema|json_?object|json mode|structured output|grammar|guided/i;
const tokenLimitTrouble = /max_completion_tokens/i;

/** Entries from a chat model. Same job, same entries as long as the cache keeps them. */
export function createAgentWriter(options: AgentWriterOptions): PromptWriter {
  const { connection, model, cache, limiter } = options;
  const shared = createSharedCalls(cache);
  const dialect = {
    format: options.format === 'auto' ? 0 : formats.indexOf(options.format),
    oldTokenLimit: false,
  };

  /** One reply of the server, after whatever it does not know was left out. */
  const ask = async <Item>(
    job: WriteJob<Item>,
    tried: number,
    complaint: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<{ items?: Item[]; error?: CallError; usage: TokenUsage }> => {
    for (;;) {
      const { format, oldTokenLimit } = dialect;
      const body = requestBody(options, job, formats[format]!, oldTokenLimit, tried, complaint);
      const outcome = await completeChat(connection, body, options.bounds, signal);
      const { error, usage } = outcome;
      const unknownFormat =
        options.format === 'auto' && format < formats.length - 1 && isTrouble(error, formatTrouble);
      const unknownLimit =
        options.maxTokens !== undefined && !oldTokenLimit && isTrouble(error, tokenLimitTrouble);
      if (unknownFormat || unknownLimit) {
        // Others may have stepped down meanwhile.
        if (unknownLimit) dialect.oldTokenLimit = true;
        else dialect.format = Math.max(dialect.format, format + 1);
        options.report({ ...about(job), outcome: 'reformatted', usage, reason: error!.message });
        continue;
      }
      if (error !== undefined) return { error, usage };
      try {
        return { items: fitItems(parseReply(outcome.content!, job.instruction.item)), usage };
      } catch (cause) {
        if (cause instanceof CallError) return { error: cause, usage };
        throw cause;
      }
    }
  };

  const askUntilUsable = async <Item>(
    job: WriteJob<Item>,
    signal: AbortSignal | undefined,
  ): Promise<Written<Item>> => {
    let usage = noUsage;
    let reasked: Reasked = {};
    let complaint: string | undefined;
    let { size } = job;
    for (let tried = 0; ; tried++) {
      const answer = await limiter.run(() => ask({ ...job, size }, tried, complaint, signal), signal);
      usage = addUsage(usage, answer.usage);
      const { error } = answer;
      if (error === undefined) {
        options.report({ ...about(job), outcome: 'written', usage: answer.usage });
        return { items: answer.items!, usage, reasked };
      }
      const { reason, message, status } = error;
      if (!error.worthAskingAgain || tried >= options.maxReasks) {
        options.report({ ...about(job), outcome: 'failed', usage: answer.usage, reason });
        const { kind } = job.instruction;
        const failure = {
          kind,
          batch: job.batch,
          reason,
          message,
          ...(status === undefined ? {} : { status }),
        };
        return { items: [], usage, reasked, failure };
      }
      options.report({ ...about(job), outcome: 'reasked', usage: answer.usage, reason });
      reasked = addReasked(reasked, { [reason]: 1 });
      complaint = complaints[reason];
      if (reason === 'truncated') size = Math.ceil(size / 2);
    }
  };

  return {
    write: async (job, signal) => {
      const { instruction, batch, seed } = job;
      const { kind, version } = instruction;
      const key = cacheKey({
        endpoint: connection.endpoint,
        model,
        instruction: { kind, version },
        messages: chatMessages(job),
        batch,
        seed,
        parameters: { ...sampling(options, job, 0), ...options.parameters },
        format: options.format,
        maxTokens: options.maxTokens ?? null,
      });
      return shared.once(
        key,
        async () => {
          const cached = await readWriting(cache, key, instruction.item);
          if (cached !== undefined) {
            options.report({ ...about(job), outcome: 'cached', usage: noUsage });
            return cached;
          }
          const written = await askUntilUsable(job, signal);
          await keepWriting(cache, key, written, {
            kind,
            version,
            model,
            subject: job.request.subject,
            batch,
          });
          return written;
        },
        signal,
        () => options.report({ ...about(job), outcome: 'cached', usage: noUsage }),
      );
    },
  };
}

/** What a model is told about a reply of no use. */
const complaints: Readonly<Record<string, string>> = {
  'malformed-json': 'it was no JSON',
  'wrong-shape': 'its JSON had another form',
  truncated: 'it was too long and broke off',
};

function about<Item>({ instruction, batch, request }: WriteJob<Item>): Omit<CallReport, 'outcome' | 'usage'> {
  return { kind: instruction.kind, batch, subject: request.subject };
}

function isTrouble(error: CallError | undefined, words: RegExp): boolean {
  return (
    error?.status !== undefined &&
    (error.reason === 'rejected' || error.reason === 'server-error') &&
    words.test(error.message)
  );
}

/** Entries without those that a secret was taken out of. */
function fitItems<Item>(items: readonly Item[]): Item[] {
  return items.filter((item) => !JSON.stringify(item).includes(redacted));
}

function requestBody<Item>(
  options: AgentWriterOptions,
  job: WriteJob<Item>,
  format: ResponseFormat,
  oldTokenLimit: boolean,
  tried: number,
  complaint: string | undefined,
): Record<string, Json> {
  const { maxTokens } = options;
  const schema = replyJsonSchema(job.instruction.item) as Json;
  return {
    model: options.model,
    messages: chatMessages(job, complaint),
    ...responseFormat(format, job.instruction.kind, schema),
    ...sampling(options, job, tried),
    ...(maxTokens === undefined
      ? {}
      : { [oldTokenLimit ? 'max_tokens' : 'max_completion_tokens']: maxTokens }),
    ...options.parameters,
  };
}

/** Sampling fields; a reply asked for again gets another seed. */
function sampling<Item>(
  { temperature, apiSeed }: AgentWriterOptions,
  { instruction, batch, seed }: WriteJob<Item>,
  tried: number,
): Record<string, Json> {
  const label = `${apiSeed}/${seed}/${instruction.kind}/${batch}/${tried}`;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(apiSeed === undefined ? {} : { seed: createRandom(label).integer(2 ** 31) }),
  };
}
