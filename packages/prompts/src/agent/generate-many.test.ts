import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  SakeError,
  type EditRequest,
  type PromptDistribution,
  type PromptGenerator,
  type PromptOptions,
} from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPromptCache } from '../cache/prompt-cache.js';
import { batchRequests } from './batch-requests.test-data.js';
import { startChatServer, type ChatServer } from './chat-server.test-data.js';
import { generateMany } from './generate-many.js';
import { author, subjectOf } from './scripted-author.test-data.js';

/** A generator that tells what it is asked, and waits or fails as it is told. */
function scripted(act: (request: EditRequest, options: PromptOptions) => Promise<void>): PromptGenerator {
  return {
    kind: 'scripted',
    generate: async (request, options): Promise<PromptDistribution> => {
      await act(request, options);
      const prompts = [`About ${request.subject}`];
      return { request, prompts, positives: [], negatives: [], source: { kind: 'scripted' }, dropped: {} };
    },
  };
}
const tick = (ms = 1): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('generateMany', () => {
  it('gives distributions in the order of the requests, whatever takes longer', async () => {
    const source = scripted((request) => tick(request.subject.endsWith('0') ? 60 : 1));
    const seen: string[] = [];
    for await (const { request, index, distribution } of generateMany(source, batchRequests(12), {
      count: 1,
      concurrency: 5,
    })) {
      expect(distribution!.prompts).toEqual([`About ${request.subject}`]);
      expect(request.subject).toBe(`Lake Wobble ${index}`);
      seen.push(request.subject);
    }
    expect(seen).toHaveLength(12);
  });

  it('takes no more requests than it works on, and none ahead of a slow reader', async () => {
    let taken = 0;
    let running = 0;
    let most = 0;
    const requests = (async function* () {
      for (const request of batchRequests(30)) {
        taken++;
        yield await Promise.resolve(request);
      }
    })();
    const source = scripted(async () => {
      most = Math.max(most, ++running);
      await tick();
      running--;
    });
    let read = 0;
    for await (const { distribution } of generateMany(source, requests, { count: 1, concurrency: 4 })) {
      expect(distribution).toBeDefined();
      read++;
      await tick(3);
      expect(taken).toBeLessThanOrEqual(read + 4);
    }
    expect(read).toBe(30);
    expect(most).toBe(4);
  });

  it('passes count, seed and what each request withholds', async () => {
    const seen: PromptOptions[] = [];
    const source = scripted((_, options) => Promise.resolve(void seen.push(options)));
    const withhold = ({ subject }: EditRequest): string[] => [`Of ${subject}`];
    for await (const { error } of generateMany(source, batchRequests(2), { count: 7, seed: 3, withhold }))
      expect(error).toBeUndefined();
    expect(seen).toMatchObject([
      { count: 7, seed: 3, withhold: ['Of Lake Wobble 0'] },
      { count: 7, seed: 3, withhold: ['Of Lake Wobble 1'] },
    ]);
  });

  it('goes on after a request that fails, and says why it did', async () => {
    const source = scripted(({ subject }) =>
      subject.endsWith('1') ? Promise.reject(new SakeError('not-enough-data', 'too few')) : Promise.resolve(),
    );
    const outcomes: string[] = [];
    for await (const { error } of generateMany(source, batchRequests(4), { count: 1 }))
      outcomes.push(error?.code ?? 'made');
    expect(outcomes).toEqual(['made', 'not-enough-data', 'made', 'made']);
  });

  it('gives up after failures in a row, and at once when the server refuses', async () => {
    const run = async (error: SakeError): Promise<{ results: number; asked: number; message: string }> => {
      let asked = 0;
      let results = 0;
      const source = scripted(() => {
        asked++;
        return Promise.reject(error);
      });
      const thrown = await expectCode(async () => {
        for await (const { error: own } of generateMany(source, batchRequests(100), {
          count: 1,
          concurrency: 1,
          maxFailuresInARow: 3,
        })) {
          expect(own).toBe(error);
          results++;
        }
      }, error.code);
      return { results, asked, message: thrown.message };
    };
    expect(await run(new SakeError('not-enough-data', 'too few'))).toMatchObject({ results: 3, asked: 3 });
    const refused = await run(
      new SakeError('io', 'bad key', { details: { failures: [{ reason: 'rejected' }] } }),
    );
    expect(refused).toMatchObject({ results: 1, asked: 1 });
    expect(refused.message).toContain('gave up at request 0 after 1 failures in a row: bad key');
  });

  it('stops what is under way when the reader leaves or the signal fires', async () => {
    const signals: AbortSignal[] = [];
    const source = scripted(async ({ subject }, { signal }) => {
      signals.push(signal!);
      if (!subject.endsWith('0')) await tick(5);
    });
    for await (const { index } of generateMany(source, batchRequests(9), { count: 1, concurrency: 3 })) {
      expect(index).toBe(0);
      break;
    }
    expect(signals.length).toBeGreaterThan(1);
    for (const signal of signals) expect(signal.aborted).toBe(true);

    const controller = new AbortController();
    const waits = scripted(
      (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal!.addEventListener('abort', () =>
            reject(new SakeError('aborted', 'generate: aborted by its signal')),
          ),
        ),
    );
    const work = generateMany(waits, batchRequests(9), { count: 1, signal: controller.signal }).next();
    controller.abort();
    await expect(work).rejects.toMatchObject({ code: 'aborted' });
  });

  it('lets errors through that are none of this project', async () => {
    const source = scripted(() => Promise.reject(new RangeError('a bug')));
    await expect(generateMany(source, batchRequests(2), { count: 1 }).next()).rejects.toThrow(RangeError);
  });
});

describe('generateMany with a cache, in a process that is killed', () => {
  // SAKE_BATCH_FACTS=2000 runs the size that docs/prompts.md gives figures for.
  const facts = Number(process.env['SAKE_BATCH_FACTS'] ?? 60);
  const count = 100;
  let server: ChatServer;
  let folder: string;
  beforeEach(async () => {
    server = await startChatServer(author);
    folder = mkdtempSync(join(tmpdir(), 'batch-'));
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const start = (): { child: ChildProcess; lines: () => string[]; ended: Promise<number | null> } => {
    const script = fileURLToPath(new URL('./batch-child.test-data.ts', import.meta.url));
    const args = [
      '--conditions=@sakejs/source',
      '--import',
      'tsx',
      script,
      server.url,
      folder,
      String(facts),
      String(count),
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout!.on('data', (part: Buffer) => (text += part.toString()));
    const ended = once(child, 'close').then(([code]) => code as number | null);
    return { child, lines: () => text.split('\n').filter((line) => line !== ''), ended };
  };

  it('pays for no reply twice but those that were on their way', { timeout: 1_800_000 }, async () => {
    // At a random moment of each third.
    const kills = [0, 1].map((third) => Math.floor(((third + Math.random()) * facts) / 3) + 1);
    for (const [nth, at] of kills.entries()) {
      const { child, ended } = start();
      while (server.completed() < at + nth * 4 && child.exitCode === null) await tick();
      child.kill('SIGKILL');
      await ended;
    }
    const cache = createPromptCache(folder);
    const kept = (await cache.stats()).entries;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(facts);
    expect(await cache.prune()).toMatchObject({ corrupt: 0 });

    const { lines, ended } = start();
    expect(await ended).toBe(0);
    const results = lines().map(
      (line) =>
        JSON.parse(line) as {
          index?: number;
          prompts?: number;
          calls?: number;
          cachedReplies?: number;
          peakHeapMiB?: number;
        },
    );
    const took = results.pop()!;
    expect(results.map(({ index }) => index)).toEqual(Array.from({ length: facts }, (_, index) => index));
    for (const { prompts } of results) expect(prompts).toBe(count);
    expect(took).toMatchObject({ calls: facts - kept, cachedReplies: kept });
    // Whatever the number of facts: 46 MiB were measured for 2,000, most of them Node's and the compiler's own.
    expect(took.peakHeapMiB).toBeLessThan(128);

    const asked = new Map<string, number>();
    for (const { body } of server.requests) asked.set(subjectOf(body), (asked.get(subjectOf(body)) ?? 0) + 1);
    expect(asked.size).toBe(facts);
    // Of each process that was killed, four calls at most were under way.
    expect(server.requests.length - facts).toBeLessThanOrEqual(kills.length * 4);

    // And nothing is left to pay for.
    const again = start();
    expect(await again.ended).toBe(0);
    expect(JSON.parse(again.lines().at(-1)!)).toMatchObject({ calls: 0, cachedReplies: facts });
    if (process.env['SAKE_BATCH_FACTS'] !== undefined)
      process.stdout.write(
        `${JSON.stringify({ took, again: again.lines().at(-1), kills, kept, asked: server.requests.length })}\n`,
      );
  });
});
