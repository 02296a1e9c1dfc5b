import { matrix, SakeError, throwIfAborted, type Prompt, type StateTracing } from '@sakejs/spec';
import type { GradientSource } from './gradient-source.js';
import { openRestoringSession, type RestoringSession } from './restoring-session.js';
import { tracePrompt } from './traced-prompt.js';

/** A model's restorable graph, opened when it is first asked for. */
export interface TracingSessions {
  /** @param sequences token ids of prompts, checked. */
  of(sequences: (prompts: readonly Prompt[], where: string) => (readonly number[])[]): StateTracing;
  close(): Promise<void>;
}

/**
 * Traced runs of a loaded model: the model's graph is read again for a session of its own, which stays open until the
 * model is closed.
 *
 * @param options.batchTokens most tokens of a pass.
 */
export function createModelTracing({
  source,
  batchTokens,
}: {
  readonly source: GradientSource;
  readonly batchTokens: number;
}): TracingSessions {
  let session: Promise<RestoringSession> | undefined;
  let closed = false;
  const { hiddenSize, layers } = source.config;
  const open = (where: string): Promise<RestoringSession> => {
    if (closed) throw new SakeError('invalid-input', `${where}: expected an open model, got a disposed one`);
    const opening = session ?? openRestoringSession(source);
    session = opening;
    // A failure is not kept.
    opening.catch(() => (session = undefined));
    return opening;
  };
  return {
    of: (sequences) => ({
      async embeddings(prompts, { signal } = {}) {
        const rows = sequences(prompts, 'embeddings');
        const opened = await open('embeddings');
        const data = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0) * hiddenSize);
        let at = 0;
        for (const tokens of rows) {
          throwIfAborted(signal, 'embeddings');
          const states = await opened.run([tokens], {}, [opened.tokenEmbeddings]);
          const own = states.get(opened.tokenEmbeddings)!;
          data.set(own, at);
          at += own.length;
        }
        return matrix(data.length / hiddenSize, hiddenSize, data);
      },
      async prepare(prompt) {
        const [tokens] = sequences([prompt], 'prepare');
        return tracePrompt(tokens!, {
          ...{ session: await open('prepare'), layers, hiddenSize, batchTokens },
        });
      },
    }),
    async close() {
      closed = true;
      await (await session?.catch(() => undefined))?.close();
      session = undefined;
    },
  };
}
