import { createRandom, type CausalLM } from '@sakejs/spec';
import { keepWriting, readWriting } from '../agent/cached-writing.js';
import type { Limiter } from '../agent/limiter.js';
import type { PromptWriter, WriteJob, Written } from '../agent/prompt-writer.js';
import { createSharedCalls } from '../agent/shared-calls.js';
import { addUsage, noUsage, type TokenUsage } from '../agent/token-usage.js';
import { cacheKey } from '../cache/cache-key.js';
import type { PromptCache } from '../cache/prompt-cache.js';
import { completeLines } from './complete-lines.js';

export interface LocalWriterOptions {
  readonly lm: CausalLM;
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly maxReasks: number;
  readonly limiter: Limiter;
  readonly cache: PromptCache | undefined;
}

/** Entries from a model that continues text; a list without an entry is begun anew with another seed. */
export function createLocalWriter(options: LocalWriterOptions): PromptWriter {
  const { lm, temperature, topP, maxTokens, maxReasks, limiter, cache } = options;
  const shared = createSharedCalls(cache);

  const write = async <Item>(
    job: WriteJob<Item>,
    signal: AbortSignal | undefined,
  ): Promise<Written<Item>> => {
    const { kind } = job.instruction;
    let usage: TokenUsage = noUsage;
    for (let tried = 0; ; tried++) {
      const seed = createRandom(`${job.seed}/${kind}/${job.batch}/${tried}`).integer(2 ** 31);
      const sampling = { temperature, topP, maxTokens, seed };
      const { items, promptTokens, completionTokens } = await limiter.run(
        () => completeLines(lm, job, sampling, signal),
        signal,
      );
      usage = addUsage(usage, { ...noUsage, calls: 1, attempts: 1, promptTokens, completionTokens });
      const reasked = tried === 0 ? {} : { empty: tried };
      if (items.length > 0) return { items, usage, reasked };
      if (tried < maxReasks) continue;
      const message = `the model went on with no entry of ${kind}, ${tried + 1} times`;
      return { items, usage, reasked, failure: { kind, batch: job.batch, reason: 'empty', message } };
    }
  };

  return {
    write: (job, signal) => {
      const { instruction, request, size, batch, seed, style = null } = job;
      const { kind, version } = instruction;
      const { subject, prompt, targetTrue, targetNew } = request;
      const key = cacheKey({
        model: lm.info.sha256,
        instruction: { kind, version, task: instruction.task(request, { size }) },
        request: { subject, prompt, targetTrue, targetNew },
        parameters: { size, batch, seed, style, temperature, topP, maxTokens },
      });
      return shared.once(
        key,
        async () => {
          const cached = await readWriting(cache, key, instruction.item);
          if (cached !== undefined) return cached;
          const written = await write(job, signal);
          await keepWriting(cache, key, written, { kind, version, model: lm.info.id, subject, batch });
          return written;
        },
        signal,
      );
    },
  };
}
