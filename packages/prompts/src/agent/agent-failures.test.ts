import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EditRequest, SakeError } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPromptCache } from '../cache/prompt-cache.js';
import { createAgentSource, type AgentSource, type AgentSourceOptions } from './agent-source.js';
import { startChatServer, type ChatServer, type Reply } from './chat-server.test-data.js';
import { author, kindOf } from './scripted-author.test-data.js';
import type { WrittenDistribution } from './written-distribution.js';

const request: EditRequest = {
  subject: 'Lake Wobble',
  prompt: 'The monster of {} is called',
  targetTrue: 'Nelly',
  targetNew: 'Morag',
};
const none = { aliases: 0, oneHopImplications: 0, twoHopImplications: 0, reverseQuestions: 0, doubtForms: 0 };

let server: ChatServer;
beforeAll(async () => {
  server = await startChatServer(author);
});
afterAll(() => server.close());
beforeEach(() => {
  server.respond = author;
  server.requests.length = 0;
});

const source = (options: Partial<AgentSourceOptions> = {}): AgentSource =>
  createAgentSource({
    model: 'scribe-1',
    baseURL: server.url,
    doubts: 0,
    negativesPerKind: 0,
    maxRetries: 2,
    maxReasks: 1,
    // Replies of the scripted server take some ms, on a busy machine some hundred.
    timeoutMs: 20_000,
    wanted: none,
    ...options,
  });

/** Replies in turn, then as the author would. */
const inTurn = (...replies: readonly (Reply | 'well')[]): void => {
  server.respond = (received) => {
    const reply = replies[received.index];
    return reply === undefined || reply === 'well' ? author(received) : reply;
  };
};
/** A wait that is none, where the server names one. */
const now = { 'retry-after-ms': '1' };

describe('createAgentSource, where the SDK retries', () => {
  it.each([408, 409, 429, 500, 502, 503, 504])('gets over status %i', async (status) => {
    inTurn({ status, headers: now }, { status, headers: now });
    const agent = source();
    const made = await agent.generate(request, { count: 3 });
    expect(made.prompts).toHaveLength(3);
    expect(made.report).toMatchObject({
      failures: [],
      reasked: {},
      usage: { calls: 1, attempts: 3, promptTokens: 10 },
    });
    expect(server.requests).toHaveLength(3);
  });

  it('gets over lost connections, before and amid the body', async () => {
    inTurn({ reset: 'at once' }, { reset: 'in the body' });
    const made = await source().generate(request, { count: 3 });
    expect(made.report.usage).toMatchObject({ calls: 1, attempts: 3 });
  });

  it('gets over bodies that do not come in time', async () => {
    inTurn({ stall: 'body' }, { stall: 'headers' });
    const made = await source({ timeoutMs: 1_500 }).generate(request, { count: 3 });
    expect(made.report.usage.attempts).toBeGreaterThanOrEqual(3);
  });

  it('waits as long as Retry-After asks', async () => {
    inTurn({ status: 429, headers: { 'retry-after': '1' } });
    const started = performance.now();
    await source().generate(request, { count: 3 });
    expect(performance.now() - started).toBeGreaterThanOrEqual(990);
    expect(server.requests).toHaveLength(2);
  });

  it.each(['3600', new Date(Date.now() + 7_200_000).toUTCString()])(
    'gives up a server that asks for a wait of %s beyond the limit',
    async (wait) => {
      server.respond = () => ({ status: 429, headers: { 'retry-after': wait } });
      const started = performance.now();
      const error = await expectCode(
        () => source({ retryAfterLimitMs: 5_000 }).generate(request, { count: 3 }),
        'not-enough-data',
      );
      expect(error.message).toContain('rate-limit');
      expect(performance.now() - started).toBeLessThan(20_000);
      expect(server.requests.length).toBeLessThanOrEqual(2);
    },
  );

  it('stops after maxRetries, whatever the server says', async () => {
    server.respond = () => ({ status: 503, headers: { ...now, 'x-should-retry': 'true' } });
    const agent = source({ maxRetries: 3, perReply: 5 });
    const error = await expectCode(() => agent.generate(request, { count: 3 }), 'not-enough-data');
    expect(error.message).toMatch(
      /got 1 as 2 replies failed, the first \(paraphrases\) by server-error: 503/,
    );
    // Two replies were asked for, each four times.
    expect(server.requests).toHaveLength(8);
    expect(agent.usage()).toMatchObject({
      calls: 2,
      attempts: 8,
      callsWithoutUsage: 2,
      failed: 2,
      promptTokens: 0,
    });
  });

  it('stops when nobody listens', async () => {
    const closed = await startChatServer(author);
    await closed.close();
    const error = await expectCode(
      () => source({ baseURL: closed.url, maxRetries: 1 }).generate(request, { count: 3 }),
      'not-enough-data',
    );
    expect(error.message).toMatch(/by connection: .*ECONNREFUSED/);
  });
});

describe('createAgentSource, where replies are of no use', () => {
  const useless: [string, Reply, string][] = [
    ['a refusal', { content: null, refusal: 'I would rather not' }, 'refusal'],
    ['a filtered reply', { content: '', finish: 'content_filter' }, 'refusal'],
    [
      'a reply cut by the token limit',
      { content: '{"items": ["The beast of', finish: 'length' },
      'truncated',
    ],
    ['no JSON', { content: 'Sure! Here are some prompts.' }, 'malformed-json'],
    ['a body that is no JSON', { raw: '{"choices": [' }, 'malformed-json'],
    ['an empty body', { raw: '' }, 'malformed-json'],
    ['another shape', { content: '{"items": [{"prompt": 3}]}' }, 'wrong-shape'],
    ['another key', { content: '{"prompts": ["The beast of Lake Wobble is"]}' }, 'wrong-shape'],
    ['a body of another kind', { raw: '<html>busy</html>', contentType: 'text/html' }, 'wrong-shape'],
    ['no choices', { raw: '{"id": "x", "choices": [], "usage": null}' }, 'empty'],
    ['no text', { content: '  ' }, 'empty'],
  ];

  it.each(useless)('asks again after %s, and counts it', async (_, reply, reason) => {
    inTurn(reply);
    const agent = source();
    const made = await agent.generate(request, { count: 3 });
    expect(made.prompts).toHaveLength(3);
    expect(made.report).toMatchObject({
      failures: [],
      reasked: { [reason]: 1 },
      usage: { calls: 2, attempts: 2 },
    });
    expect(agent.usage()).toMatchObject({ reasked: 1, failed: 0 });
  });

  it.each(useless)('asks no more than maxReasks times after %s', async (_, reply, reason) => {
    server.respond = () => reply;
    const folder = mkdtempSync(join(tmpdir(), 'agent-'));
    try {
      const cache = createPromptCache(folder);
      const agent = source({ maxReasks: 2, cache, onShortfall: 'partial' });
      const made = await agent.generate(request, { count: 3 });
      expect(made.prompts).toEqual(['The monster of Lake Wobble is called']);
      expect(made.report.missing).toEqual({ paraphrases: 2 });
      // Two replies, each asked for three times.
      expect(server.requests).toHaveLength(6);
      expect(made.report.failures).toHaveLength(2);
      expect(made.report.failures[0]).toMatchObject({ kind: 'paraphrases', batch: 0, reason });
      expect(made.report.reasked).toEqual({ [reason]: 4 });
      expect(await cache.stats()).toEqual({ entries: 0, bytes: 0 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('pays for replies of no use too', async () => {
    inTurn({
      content: 'no',
      usage: { prompt_tokens: 100, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 60 } },
    });
    const prices = { promptPerMillion: 10, completionPerMillion: 20, cachedPromptPerMillion: 1 };
    const { report } = await source({ prices }).generate(request, { count: 3 });
    expect(report.usage).toMatchObject({
      promptTokens: 110,
      cachedPromptTokens: 60,
      completionTokens: 12,
      callsWithoutUsage: 0,
    });
    expect(report.cost).toBeCloseTo((50 * 10 + 60 * 1 + 12 * 20) / 1e6, 12);
  });

  it('counts calls whose usage is unknown', async () => {
    server.respond = (received) => ({ ...author(received), usage: null });
    const { report } = await source().generate(request, { count: 3 });
    expect(report.usage).toMatchObject({ calls: 1, promptTokens: 0, callsWithoutUsage: 1 });
  });

  it('asks for half as much after a reply that was cut, and says what was wrong', async () => {
    inTurn({ content: '{"items": [', finish: 'length' });
    await source({ perReply: 12 }).generate(request, { count: 3 });
    const asked = server.requests.map(({ body }) => body.messages[1]!.content);
    expect(asked[0]).toContain('Write 12 different');
    expect(asked[1]).toContain('Write 6 different');
    expect(asked[1]).toContain('An earlier reply could not be used: it was too long and broke off.');
  });

  it.each([
    ['in a fence', (json: string) => `Here you are:\n\`\`\`json\n${json}\n\`\`\`\nGood luck!`],
    ['after thoughts', (json: string) => `<think>They want {"items": [1]}?</think>\n${json}`],
    ['amid words', (json: string) => `The object is ${json}, as asked.`],
    ['as a bare array', (json: string) => JSON.stringify((JSON.parse(json) as { items: unknown }).items)],
  ])('reads JSON %s', async (_, wrap) => {
    server.respond = (received) => ({ content: wrap((author(received) as { content: string }).content) });
    const made = await source().generate(request, { count: 3 });
    expect(made.report).toMatchObject({ reasked: {}, failures: [] });
  });
});

describe('createAgentSource on servers that know less', () => {
  const refuseFormat = (type: string): Reply => ({
    status: 400,
    body: {
      error: { message: `response_format type ${type} is not supported`, type: 'invalid_request_error' },
    },
  });

  it('steps down from a schema to any JSON object, once for all later calls', async () => {
    server.respond = (received) =>
      received.body.response_format?.type === 'json_schema' ? refuseFormat('json_schema') : author(received);
    const agent = source({ perReply: 5, concurrency: 1 });
    expect((await agent.generate(request, { count: 12 })).prompts).toHaveLength(12);
    const types = server.requests.map(({ body }) => body.response_format?.type);
    expect(types).toEqual(['json_schema', 'json_object', 'json_object', 'json_object']);
  });

  it('steps down to words alone', async () => {
    server.respond = (received) => {
      const type = received.body.response_format?.type;
      return type === undefined ? author(received) : refuseFormat(type);
    };
    expect((await source().generate(request, { count: 3 })).report.failures).toEqual([]);
    expect(server.requests.map(({ body }) => body.response_format?.type)).toEqual([
      'json_schema',
      'json_object',
      undefined,
    ]);
  });

  it('does not step down when told how to ask', async () => {
    server.respond = () => refuseFormat('json_schema');
    await expectCode(() => source({ responseFormat: 'json_schema' }).generate(request, { count: 3 }), 'io');
    expect(server.requests).toHaveLength(1);
  });

  it('names the token limit as older servers do', async () => {
    server.respond = (received) =>
      received.body.max_completion_tokens === undefined
        ? author(received)
        : { status: 400, body: { error: { message: "Unknown field 'max_completion_tokens'" } } };
    await source({ maxTokens: 700 }).generate(request, { count: 3 });
    expect(server.requests[1]!.body.max_tokens).toBe(700);
  });
});

describe('createAgentSource with streams', () => {
  it('puts a reply together from its chunks, with its usage', async () => {
    const plain = await source().generate(request, { count: 10 });
    server.requests.length = 0;
    const made = await source({ stream: true }).generate(request, { count: 10 });
    expect(made.prompts).toEqual(plain.prompts);
    expect(made.report.usage).toEqual(plain.report.usage);
    expect(server.requests[0]!.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });

  it.each([
    ['breaks off', { content: '{"items": ["The', cutAfter: 3, cutBy: 'reset' }, 'cut-stream'],
    ['ends too early', { content: '{"items": ["The', cutAfter: 3, cutBy: 'end' }, 'cut-stream'],
    ['holds an error', { content: '{}', streamError: { message: 'the worker died' } }, 'cut-stream'],
    ['holds a refusal', { content: '', refusal: 'No.' }, 'refusal'],
    ['reaches the token limit', { content: '{"items": ["The', finish: 'length' }, 'truncated'],
    ['is none', { raw: 'data: oops\n\n', contentType: 'text/event-stream' }, 'malformed-json'],
    ['is empty', { raw: '', contentType: 'text/event-stream' }, 'empty'],
  ] satisfies [string, Reply, string][])('asks again when a stream %s', async (_, reply, reason) => {
    inTurn(reply);
    const made = await source({ stream: true }).generate(request, { count: 3 });
    expect(made.report).toMatchObject({ failures: [], reasked: { [reason]: 1 } });
  });

  it('lets slow streams take longer than a timeout, and ends those that stand still', async () => {
    inTurn({ content: '{"items": ["The beast of Lake Wobble is", "Lake Wobble hides"]}', pauseMs: 300 });
    const made = await source({ stream: true, timeoutMs: 2_000 }).generate(request, { count: 3 });
    expect(made.prompts).toHaveLength(3);
    server.requests.length = 0;
    server.respond = () => ({ content: '{"items": ["The', pauseMs: 60_000 });
    const started = performance.now();
    const error = await expectCode(
      () => source({ stream: true, timeoutMs: 500 }).generate(request, { count: 3 }),
      'not-enough-data',
    );
    expect(error.message).toContain('by timeout: no whole reply in time');
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});

describe('createAgentSource, where it cannot go on', () => {
  it.each([
    [401, { message: 'Incorrect API key provided' }],
    [403, { message: 'no' }],
    [404, { message: 'The model `scribe-1` does not exist' }],
    [422, { message: 'temperature: bad' }],
    [429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }],
  ])('says that the server refuses, status %i', async (status, error) => {
    server.respond = () => ({ status, headers: now, body: { error } });
    const thrown = await expectCode(() => source({ perReply: 5 }).generate(request, { count: 100 }), 'io');
    expect(thrown.message).toContain(
      `expected the server to accept the request, got ${status} ${error.message}`,
    );
    expect(thrown.message).toContain('check model, key');
  });

  it('keeps what it has in the error, and says what is missing', async () => {
    server.respond = (received) =>
      kindOf(received.body) === 'one-hop-implications' ? { status: 500, headers: now } : author(received);
    const wanted = { ...none, aliases: 2, oneHopImplications: 3 };
    const error = (await expectCode(
      () => source({ wanted }).generate(request, { count: 5 }),
      'io',
    )) as SakeError;
    expect(error.message).toContain('got 3 one-hop-implications too few as 2 replies failed');
    expect(error.details).toMatchObject({ made: 5, count: 5, missing: { 'one-hop-implications': 3 } });
    const partial = error.details['partial'] as WrittenDistribution;
    expect(partial.prompts).toHaveLength(5);
    expect(partial.aliases).toHaveLength(2);

    const made = await source({ wanted, onShortfall: 'partial' }).generate(request, { count: 5 });
    expect(made).toEqual(partial);
    expect(made.report.failures.map(({ kind, status }) => [kind, status])).toEqual([
      ['one-hop-implications', 500],
      ['one-hop-implications', 500],
    ]);
  });

  it('takes fewer aliases than wanted for what the model knows', async () => {
    server.respond = (received) =>
      kindOf(received.body) === 'subject-aliases' ? { content: '{"items": []}' } : author(received);
    const made = await source({ wanted: { ...none, aliases: 2 } }).generate(request, { count: 3 });
    expect(made.aliases).toEqual([]);
    expect(made.report.missing).toEqual({ 'subject-aliases': 2 });
  });

  it('stops at once when its signal fires: in a call, in a wait, in the queue', async () => {
    for (const reply of [
      { stall: 'headers' },
      { stall: 'body' },
      { status: 429, headers: { 'retry-after': '4' } },
    ] satisfies Reply[]) {
      server.requests.length = 0;
      server.respond = () => reply;
      const controller = new AbortController();
      const agent = source({ concurrency: 1 });
      const works = [1, 2].map((seed) =>
        agent.generate(request, { count: 3, seed, signal: controller.signal }),
      );
      while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, 50));
      const started = performance.now();
      controller.abort();
      for (const work of works) await expect(work).rejects.toMatchObject({ code: 'aborted' });
      expect(performance.now() - started).toBeLessThan(3_000);
      expect(server.requests).toHaveLength(1);
    }
  });

  it('lets another caller go on when the first of two that wait for one reply gives up', async () => {
    let let_go = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      let_go = resolve;
    });
    server.respond = async (received) => {
      await held;
      return author(received);
    };
    const agent = source();
    const controller = new AbortController();
    const first = agent.generate(request, { count: 3, signal: controller.signal });
    const second = agent.generate(request, { count: 3 });
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    await expect(first).rejects.toMatchObject({ code: 'aborted' });
    let_go();
    expect((await second).prompts).toHaveLength(3);
  });
});
