import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { EditRequest } from '@sakejs/spec';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPromptCache } from '../cache/prompt-cache.js';
import { createAgentSource, type AgentSourceOptions } from './agent-source.js';
import {
  startChatServer,
  type ChatServer,
  type ReceivedRequest,
  type Reply,
} from './chat-server.test-data.js';
import { createRedactor } from './redact.js';
import { author } from './scripted-author.test-data.js';

const request: EditRequest = {
  subject: 'Lake Wobble',
  prompt: 'The monster of {} is called',
  targetTrue: 'Nelly',
  targetNew: 'Morag',
};
const secret = 'k3y+with/odd=chars&"quotes"';
const none = { aliases: 0, oneHopImplications: 0, twoHopImplications: 0, reverseQuestions: 0, doubtForms: 0 };

describe('createRedactor', () => {
  it('takes out secrets as they are, in URLs, in JSON and in base64, and what looks like a key', () => {
    const { redact } = createRedactor(secret);
    for (const form of [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
      'sk-proj-AbCdEfGhIjKlMnOpQrStUv',
      'Bearer abcdefgh.ijk',
    ])
      expect(redact(`before ${form} after`)).toBe('before [redacted] after');
  });

  it('leaves words alone that are no secrets', () => {
    const redactor = createRedactor('ollama', 'none', 'EMPTY', '', undefined, 'abc');
    const text = 'none of the ollamas is EMPTY: abc, a bearer of arms, sk-1';
    expect(redactor.redact(text)).toBe(text);
  });
});

describe('createAgentSource', () => {
  let server: ChatServer;
  let folder: string;
  const printed: string[] = [];
  beforeAll(async () => {
    server = await startChatServer(author);
    process.env['OPENAI_LOG'] = 'debug';
  });
  afterAll(async () => {
    delete process.env['OPENAI_LOG'];
    await server.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'secrets-'));
    printed.length = 0;
    for (const level of ['log', 'debug', 'info', 'warn', 'error'] as const)
      vi.spyOn(console, level).mockImplementation(
        (...values: unknown[]) => void printed.push(inspect(values)),
      );
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  /** Everything that comes out of a source, in all depth. */
  async function outputs(
    respond: (received: ReceivedRequest) => Reply,
    options: Partial<AgentSourceOptions>,
  ): Promise<string> {
    server.respond = respond;
    const events: unknown[] = [];
    const source = createAgentSource({
      model: 'scribe-1',
      baseURL: server.url,
      apiKey: secret,
      cache: createPromptCache(folder),
      wanted: none,
      doubts: 0,
      maxRetries: 1,
      maxReasks: 1,
      onProgress: (event) => events.push(event),
      ...options,
    });
    const results = [];
    for (const count of [2, 5])
      results.push(
        await source
          .generate(request, { count })
          .catch((error: unknown) => [error, String(error), (error as Error).stack]),
      );
    const everything = [results, events, source, source.usage(), printed, process.memoryUsage().rss > 0];
    return (
      inspect(everything, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null }) +
      files(folder)
    );
  }

  const echoes: [string, (received: ReceivedRequest) => Reply][] = [
    [
      'errors',
      ({ headers }) => ({
        status: 401,
        body: { error: { message: `bad key ${String(headers['authorization'])}`, headers } },
        headers: { 'x-echo': headers['authorization'] as string },
      }),
    ],
    [
      'server errors',
      ({ headers }) => ({
        status: 500,
        body: headers,
        headers: { 'retry-after-ms': '1', 'x-request-id': headers['authorization'] as string },
      }),
    ],
    ['bodies that are no JSON', ({ headers }) => ({ raw: `oops ${String(headers['authorization'])}` })],
    ['refusals', ({ headers }) => ({ content: null, refusal: String(headers['authorization']).slice(7) })],
    [
      'entries',
      ({ headers }) => ({
        content: JSON.stringify({
          items: [
            `Lake Wobble ${String(headers['authorization']).slice(7)} is`,
            'Lake Wobble hides',
            'The beast of Lake Wobble goes by',
            'Fishermen on Lake Wobble fear',
            'Deep in Lake Wobble sleeps',
          ],
        }),
      }),
    ],
    [
      'errors in streams',
      ({ headers }) => ({ content: 'x', streamError: { message: String(headers['authorization']) } }),
    ],
    [
      'chunks that are no JSON',
      ({ headers }) => ({
        raw: `data: ${String(headers['authorization'])}\n\n`,
        contentType: 'text/event-stream',
      }),
    ],
  ];

  it.each(echoes)('gives a key away by no output when a server repeats it in %s', async (what, respond) => {
    const all = await outputs(respond, { stream: what.includes('stream') || what.includes('chunks') });
    for (const form of [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      inspect(secret).slice(1, -1),
      'k3y+with',
    ])
      expect(all).not.toContain(form);
    expect(server.requests.at(-1)!.headers['authorization']).toBe(`Bearer ${secret}`);
    if (what === 'entries') expect(readdirSync(folder).length).toBeGreaterThan(0);
  });

  it('gives tokens of a function away by no output', async () => {
    const all = await outputs(
      ({ headers }) => ({ status: 400, body: { error: { message: String(headers['authorization']) } } }),
      { apiKey: () => Promise.resolve('rotating-token-123') },
    );
    expect(all).toContain('[redacted]');
    expect(all).not.toContain('rotating-token');
  });

  it('prints nothing, whatever OPENAI_LOG says', async () => {
    await outputs(author, { stream: true });
    await outputs(() => ({ raw: 'data: oops\n\n', contentType: 'text/event-stream' }), { stream: true });
    expect(printed).toEqual([]);
  });

  it('keeps keys out of errors about addresses and keys', () => {
    const thrown: unknown[] = [];
    for (const options of [
      { baseURL: `http://user:${encodeURIComponent(secret)}@127.0.0.1/v1` },
      { baseURL: `nonsense ${secret}` },
      { apiKey: `${secret}\u00e9` },
      { apiKey: `${secret}\nx` },
    ])
      try {
        createAgentSource({ model: 'm', baseURL: server.url, apiKey: secret, ...options });
      } catch (error) {
        thrown.push(error);
      }
    expect(thrown.length).toBeGreaterThanOrEqual(3);
    expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain('k3y');
  });
});

function files(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => path + readFileSync(path, 'utf8'))
    .join('\n');
}
