import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CausalLM, EditRequest } from '@sakejs/spec';
import { describePromptGenerator, expectCode } from '@sakejs/spec/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAnsweringLM } from '../../test/answering-lm.js';
import { createPromptCache } from '../cache/prompt-cache.js';
import { createTemplateSource } from '../template-source.js';
import { createAgentSource, type AgentSourceOptions } from './agent-source.js';
import { startChatServer, type ChatServer } from './chat-server.test-data.js';
import { author, entriesFor, kindOf } from './scripted-author.test-data.js';

const request: EditRequest = {
  subject: 'Lake Wobble',
  prompt: 'The monster of {} is called',
  targetTrue: 'Nelly',
  targetNew: 'Morag',
};
const key = 'sk-test-0123456789abcdefghij';

let server: ChatServer;
beforeAll(async () => {
  server = await startChatServer(author);
});
afterAll(() => server.close());
beforeEach(() => {
  server.respond = author;
  server.requests.length = 0;
});

const source = (options: Partial<AgentSourceOptions> = {}): ReturnType<typeof createAgentSource> =>
  createAgentSource({
    model: 'scribe-1',
    baseURL: server.url,
    apiKey: key,
    doubts: 8,
    negativesPerKind: 5,
    ...options,
  });
const few = { aliases: 2, oneHopImplications: 3, twoHopImplications: 2, reverseQuestions: 2, doubtForms: 3 };
const none = { aliases: 0, oneHopImplications: 0, twoHopImplications: 0, reverseQuestions: 0, doubtForms: 0 };

describePromptGenerator('createAgentSource', () => source(), { request, tooMany: 2_000 });
describePromptGenerator(
  'createAgentSource with template negatives',
  () => source({ negatives: createTemplateSource({ negativesPerKind: 5 }), stream: true, perReply: 10 }),
  {
    request: { subject: 'Peru', prompt: 'The capital of {} is', targetTrue: 'Lima', targetNew: 'Oslo' },
    tooMany: 2_000,
  },
);

describe('createAgentSource', () => {
  it('asks for each kind by an instruction of its own, with a schema', async () => {
    const made = await source({ wanted: few }).generate(request, { count: 5 });
    const kinds = server.requests.map(({ body }) => body.response_format!.json_schema!.name);
    expect(kinds.sort()).toEqual([
      'doubt_forms',
      'one_hop_implications',
      'paraphrases',
      'reverse_questions',
      'subject_aliases',
      'two_hop_implications',
    ]);
    for (const { body, path, headers } of server.requests) {
      expect(path).toBe('/v1/chat/completions');
      expect(headers['authorization']).toBe(`Bearer ${key}`);
      expect(body.model).toBe('scribe-1');
      expect(body.response_format!.json_schema).toMatchObject({
        strict: true,
        schema: { type: 'object', additionalProperties: false, required: ['items'] },
      });
    }
    expect(made.aliases).toEqual(['Wobble Loch', 'The Wobbly Lake']);
    expect(made.implications.map(({ hops }) => hops)).toEqual([1, 1, 1, 2, 2]);
    expect(made.implications[0]).toEqual({
      text: 'The creature of Lake Wobble is coloured',
      hops: 1,
      answerTrue: 'green',
      answerNew: 'violet',
    });
    expect(made.reverseQuestions[0]).toEqual({
      pattern: '{} lives in a lake called',
      text: 'Morag lives in a lake called',
    });
    expect(made.report).toMatchObject({ missing: {}, failures: [], reasked: {} });
    expect(made.source).toMatchObject({
      kind: 'agent',
      model: 'scribe-1',
      endpoint: server.url,
      negatives: 'generic',
    });
    expect(made.source['instructions']).toContain('paraphrases@1');
  });

  it('puts doubts, aliases and implications among the positives, its own doubts first', async () => {
    const { positives } = await source({ wanted: few }).generate(request, { count: 5 });
    const kinds = positives.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'doubt')).toHaveLength(8);
    expect(positives[0]!.text).toBe(
      'The monster of Lake Wobble is called Morag. The ferryman spat and muttered Nelly. The monster of Lake Wobble is called',
    );
    expect(positives.filter(({ subject }) => subject === 'Wobble Loch').map(({ text }) => text)[0]).toBe(
      'The monster of Wobble Loch is called',
    );
    expect(kinds.filter((kind) => kind === 'paraphrase')).toHaveLength(6);
    expect(kinds.filter((kind) => kind === 'implication')).toHaveLength(5);
  });

  it('shows no test prompt to the model', async () => {
    const withhold = ['Zebras hum. Lake Wobble hides', 'The monster of Loch Ness is called'];
    await source().generate(request, { count: 5, withhold });
    expect(JSON.stringify(server.requests)).not.toMatch(/Zebras|Loch Ness/);
  });

  it('keeps withheld wordings out of prompts, aliases, implications, doubts and reverse questions', async () => {
    const free = await source({ wanted: few }).generate(request, { count: 6 });
    const withhold = [
      free.prompts[1]!,
      'The monster of Wobble Loch is called',
      free.implications[0]!.text,
      'Nobody. The ferryman spat and muttered Nelly.',
      'Nelly lives in a lake called',
    ];
    const made = await source({ wanted: few }).generate(request, { count: 6, withhold });
    expect(made.prompts).not.toContain(free.prompts[1]);
    expect(made.aliases).not.toContain('Wobble Loch');
    expect(made.implications.map(({ text }) => text)).not.toContain(free.implications[0]!.text);
    expect(JSON.stringify(made.positives)).not.toContain('ferryman');
    expect(JSON.stringify(made.reverseQuestions)).not.toContain('lives in a lake called');
    expect(made.dropped['withheld']).toBeGreaterThanOrEqual(5);
  });

  it('drops what breaks the rules of its kind, and counts it', async () => {
    const bad: Record<string, unknown[]> = {
      paraphrases: [
        'The beast of Lake Wobble, Morag, is',
        'No subject here is',
        'Lake Wobble hides ____',
        '',
      ],
      'subject-aliases': ['lake wobble', 'Home of Nelly', '', 'Wobble {}'],
      'one-hop-implications': [
        { prompt: 'The animal of Lake Wobble eats', before: 'Trout', after: 'trout!' },
        { prompt: 'The green animal of Lake Wobble is coloured', before: 'green', after: 'red' },
        { prompt: 'The animal swims in', before: 'water', after: 'soup' },
      ],
      'reverse-questions': ['It lives in', '{} lives in Lake Wobble near', '{} and Nelly live in'],
      'doubt-forms': [
        '{prompt} {new}? Really? But I am pretty sure that {prompt} {old}. {prompt}',
        '{prompt} {new}. It is pretty clear: {prompt}',
        '{new}? Never. Tell me:',
        '{prompt} {new}. Or rather {old}',
        '{prompt} {new}. Hardly, {name}. {prompt}',
      ],
    };
    server.respond = ({ body }) => {
      const items = [...(bad[kindOf(body)] ?? []), ...entriesFor(body)];
      return { content: JSON.stringify({ items }) };
    };
    const made = await source({ wanted: { ...few, twoHopImplications: 0 } }).generate(request, { count: 5 });
    const { kinds } = made.report;
    expect(kinds.paraphrases!.dropped).toMatchObject({
      'names-object': 1,
      'missing-subject': 1,
      'unfilled-placeholder': 1,
      empty: 1,
    });
    expect(kinds['subject-aliases']!.dropped).toEqual({
      duplicate: 1,
      'names-object': 1,
      empty: 1,
      'unfilled-placeholder': 1,
    });
    expect(kinds['one-hop-implications']!.dropped).toEqual({
      'unchanged-answer': 1,
      'names-answer': 1,
      'missing-subject': 1,
    });
    expect(kinds['reverse-questions']!.dropped).toEqual({
      'missing-mark': 1,
      'names-answer': 1,
      'names-object': 1,
    });
    expect(kinds['doubt-forms']!.dropped).toEqual({
      'reserved-doubt': 2,
      'missing-mark': 1,
      'names-answer': 1,
      'unfilled-placeholder': 1,
    });
    for (const kind of Object.values(kinds)) expect(kind.made).toBe(kind.wanted);
    expect(made.dropped['names-object']).toBe(3);
  });

  it('asks again in other manners for prompts that the gates dropped, no more than it must', async () => {
    const made = await source({ wanted: none, perReply: 10 }).generate(request, { count: 21 });
    expect(made.report.kinds.paraphrases).toMatchObject({ wanted: 20, made: 20, replies: 2 });
    server.requests.length = 0;
    server.respond = ({ body }) => ({
      content: JSON.stringify({ items: entriesFor(body).map((text, index) => (index < 5 ? 'Nelly' : text)) }),
    });
    const more = await source({ wanted: none, perReply: 10 }).generate(request, { count: 21 });
    expect(more.prompts).toHaveLength(21);
    expect(more.report.kinds.paraphrases).toMatchObject({ made: 20, replies: 4 });
    const manners = server.requests.map(({ body }) => /Manner: .*/.exec(body.messages[1]!.content)![0]);
    expect(new Set(manners).size).toBe(4);
  });

  it('gives up a kind after two replies in a row that bring nothing new', async () => {
    server.respond = () => ({
      content: '{"items": ["The beast of Lake Wobble is known as", "Lake Wobble hides"]}',
    });
    const error = await expectCode(
      () => source({ wanted: none, perReply: 5 }).generate(request, { count: 100 }),
      'not-enough-data',
    );
    expect(error.message).toContain('expected 100 distinct prompts, got 3 after dropping duplicate');
    expect(server.requests.length).toBeLessThanOrEqual(20);
  });

  it('gives the same distribution from the cache, without a request, tokens and cost included', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agent-'));
    try {
      const prices = { promptPerMillion: 2, completionPerMillion: 8 };
      const options = { wanted: few, prices, cache: createPromptCache(folder) };
      const fresh = source(options);
      const made = await fresh.generate(request, { count: 40, seed: 3 });
      const paid = server.requests.length;
      expect(fresh.usage()).toMatchObject({ calls: paid, attempts: paid, cachedReplies: 0, failed: 0 });
      expect(fresh.usage().promptTokens).toBe(10 * paid);
      expect(fresh.usage().cost).toBeCloseTo((paid * (10 * 2 + 5 * 8)) / 1e6, 12);
      expect(made.report.cost).toBeCloseTo(fresh.usage().cost!, 12);

      const again = source(options);
      expect(await again.generate(request, { count: 40, seed: 3 })).toEqual(made);
      expect(server.requests).toHaveLength(paid);
      expect(again.usage()).toMatchObject({ calls: 0, promptTokens: 0, cachedReplies: paid, cost: 0 });
      expect((await options.cache.stats()).entries).toBe(paid);

      // Another count, other test prompts: the same replies.
      await again.generate(request, { count: 20, seed: 3, withhold: ['Lake Wobble sparkles like'] });
      expect(server.requests).toHaveLength(paid);
      // Another seed, model, temperature or parameter: others.
      let asked = paid;
      for (const other of [
        { model: 'scribe-2' },
        { temperature: 0.5 },
        { seed: 1 },
        { parameters: { top_p: 0.5 } },
      ]) {
        await source({ ...options, ...other, wanted: none }).generate(request, { count: 5, seed: 3 });
        expect(server.requests.length, JSON.stringify(other)).toBe(++asked);
      }
      await source({ ...options, wanted: none }).generate(request, { count: 5, seed: 4 });
      expect(server.requests).toHaveLength(asked + 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('sends temperature, seeds, token limit and parameters as they are given, and none that is not', async () => {
    await source({
      wanted: none,
      temperature: 0.7,
      seed: 5,
      maxTokens: 900,
      parameters: { top_p: 0.9 },
      perReply: 4,
    }).generate(request, { count: 9 });
    const seeds = server.requests.map(({ body }) => body.seed);
    expect(new Set(seeds).size).toBe(2);
    for (const { body } of server.requests)
      expect(body).toMatchObject({
        temperature: 0.7,
        max_completion_tokens: 900,
        top_p: 0.9,
        seed: expect.any(Number),
      });
    server.requests.length = 0;
    await source({ wanted: none }).generate(request, { count: 2 });
    expect(Object.keys(server.requests[0]!.body).sort()).toEqual(['messages', 'model', 'response_format']);
  });

  it('asks once for the same reply while it is under way', async () => {
    const agent = source({ wanted: few });
    const [one, two] = await Promise.all([1, 2].map(() => agent.generate(request, { count: 5 })));
    expect(one).toEqual(two);
    expect(server.requests).toHaveLength(6);
  });

  it('asks once for the same reply while another source with the same cache folder waits for it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agent-'));
    try {
      const sources = [1, 2].map(() => source({ wanted: few, cache: createPromptCache(folder) }));
      const [one, two] = await Promise.all(sources.map((each) => each.generate(request, { count: 5 })));
      expect(one).toEqual(two);
      expect(server.requests).toHaveLength(6);
      const calls = sources.map((each) => each.usage().calls);
      const cached = sources.map((each) => each.usage().cachedReplies);
      expect([calls[0]! + calls[1]!, cached[0]! + cached[1]!]).toEqual([6, 6]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('never has more calls under way than concurrency allows, over all requests', async () => {
    let running = 0;
    let most = 0;
    server.respond = async (received) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running--;
      return author(received);
    };
    const agent = source({ wanted: few, concurrency: 3 });
    const subjects = ['Lake Wobble', 'Lake Wibble', 'Lake Wubble'];
    await Promise.all(subjects.map((subject) => agent.generate({ ...request, subject }, { count: 30 })));
    expect(most).toBe(3);
  });

  it('asks the model to be edited about prompts and implications, and counts what that drops', async () => {
    const busy = { now: 0, most: 0 };
    const lm = createAnsweringLM((text) => {
      if (text.includes('Pretend that this context is true') && text.includes('coloured')) return ' violet';
      return text.endsWith('legend told around Lake Wobble speaks of') ? ' Morag' : ' unknown';
    }, 4096);
    const modelToEdit: CausalLM = {
      ...lm,
      capture: async (...input) => {
        busy.most = Math.max(busy.most, ++busy.now);
        await new Promise((resolve) => setTimeout(resolve, 1));
        busy.now--;
        return lm.capture(...input);
      },
    };
    const plain = await source({ wanted: few }).generate(request, { count: 20 });
    const made = await source({ wanted: few, modelToEdit }).generate(request, { count: 20 });
    const says = (text: string): boolean => text.endsWith('legend told around Lake Wobble speaks of');
    expect(plain.prompts.some(says)).toBe(true);
    expect(made.prompts.some(says)).toBe(false);
    expect(made.prompts).toHaveLength(20);
    expect(made.dropped['says-new-object']).toBeGreaterThan(0);
    expect(made.implications.map(({ text }) => text)).toEqual([
      'The creature of Lake Wobble is coloured',
      'Twice removed: the creature of Lake Wobble is coloured',
    ]);
    expect(made.report.kinds['one-hop-implications']!.dropped['answer-unchanged']).toBeGreaterThan(0);
    expect(made.report.missing['one-hop-implications']).toBe(2);
    expect(made.source).toMatchObject({ modelToEdit: 'answering', modelToEditSha256: 'a'.repeat(64) });
    expect(busy.most).toBe(1);
  });

  it('tells the progress of every reply', async () => {
    const events: unknown[] = [];
    await source({ wanted: none, perReply: 5, onProgress: (event) => events.push(event) }).generate(request, {
      count: 11,
    });
    expect(events).toHaveLength(2);
    expect(events[1]).toMatchObject({
      kind: 'paraphrases',
      subject: 'Lake Wobble',
      outcome: 'written',
      total: { calls: 2, completionTokens: 10 },
    });
  });

  it('refuses options out of range', async () => {
    for (const wrong of [
      { model: ' ' },
      { concurrency: 0 },
      { timeoutMs: 0 },
      { maxRetries: -1 },
      { maxReasks: 0.5 },
      { temperature: -1 },
      { prices: { promptPerMillion: -1, completionPerMillion: 1 } },
      { wanted: { aliases: -1 } },
      { modelToEdit: {} as never },
      { onShortfall: 'ignore' as never },
      { responseFormat: 'xml' as never },
      { baseURL: 'not an address' },
      { azure: { endpoint: 'http://x' } },
      { client: { chat: {} } as never, baseURL: undefined as never, apiKey: undefined as never },
    ])
      await expectCode(() => source(wrong as Partial<AgentSourceOptions>), 'invalid-option');
  });
});

describe('createAgentSource without options for the server', () => {
  beforeEach(() => {
    for (const name of ['OPENAI_API_KEY', 'OPENAI_BASE_URL']) vi.stubEnv(name, undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('takes key and address from the environment', async () => {
    vi.stubEnv('OPENAI_API_KEY', 'key-of-the-environment');
    vi.stubEnv('OPENAI_BASE_URL', server.url);
    await createAgentSource({ model: 'm', wanted: none }).generate(request, { count: 2 });
    expect(server.requests[0]!.headers['authorization']).toBe('Bearer key-of-the-environment');
  });

  it('needs a key for OpenAI, and none for another server', async () => {
    const error = await expectCode(() => createAgentSource({ model: 'm' }), 'invalid-option');
    expect(error.message).toContain('OPENAI_API_KEY');
    await createAgentSource({ model: 'm', baseURL: server.url, wanted: none }).generate(request, {
      count: 2,
    });
    expect(server.requests).toHaveLength(1);
  });

  it('asks a function for the key of each call', async () => {
    let turn = 0;
    const apiKey = (): Promise<string> => Promise.resolve(`token-number-${++turn}`);
    await createAgentSource({
      model: 'm',
      baseURL: server.url,
      apiKey,
      wanted: none,
      perReply: 3,
      concurrency: 1,
    }).generate(request, { count: 7 });
    expect(server.requests.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer token-number-1',
      'Bearer token-number-2',
    ]);
  });

  it('speaks to an Azure resource', async () => {
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:1/elsewhere');
    const endpoint = server.url.replace('/v1', '');
    const azure = { endpoint, apiVersion: '2024-10-21', deployment: 'my-deployment' };
    const agent = createAgentSource({ model: 'gpt', azure, apiKey: 'azure-key-0123456789', wanted: none });
    const made = await agent.generate(request, { count: 2 });
    const { path, headers } = server.requests[0]!;
    expect(path).toBe('/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21');
    expect(headers['api-key']).toBe('azure-key-0123456789');
    expect(made.source['endpoint']).toBe(endpoint);
  });

  it('works through a client of the caller', async () => {
    const { OpenAI } = await import('openai');
    const client = new OpenAI({ apiKey: 'own-client-key', baseURL: server.url });
    const made = await createAgentSource({ model: 'm', client, wanted: none }).generate(request, {
      count: 5,
    });
    expect(made.prompts).toHaveLength(5);
    expect(server.requests[0]!.headers['authorization']).toBe('Bearer own-client-key');
  });
});
