import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EditRequest } from '@sakejs/spec';
import { describePromptGenerator, expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { entriesFor, kindOf } from '../agent/scripted-author.test-data.js';
import { createPromptCache } from '../cache/prompt-cache.js';
import { createTemplateSource } from '../template-source.js';
import { createLocalSource, type LocalSourceOptions } from './local-source.js';
import { reordered, scriptedLM, type Asked, type ScriptedLM } from './scripted-lm.test-data.js';

const request: EditRequest = {
  subject: 'Lake Wobble',
  prompt: 'The monster of {} is called',
  targetTrue: 'Nelly',
  targetNew: 'Morag',
};
const few = { aliases: 2, oneHopImplications: 3, twoHopImplications: 2, reverseQuestions: 2, doubtForms: 3 };
const none = { aliases: 0, oneHopImplications: 0, twoHopImplications: 0, reverseQuestions: 0, doubtForms: 0 };

/** The task that a prompt ends with, as a chat message would hold it. */
const lastTask = ({ text }: Asked): { messages: { role: string; content: string }[] } => ({
  messages: [{ role: 'user', content: text.split('\n\n\n').at(-1)! }],
});

/** Goes on with fit lines for the last task of its prompt. */
const author = (asked: Asked): string => {
  const entries = entriesFor(lastTask(asked)).map((item) =>
    typeof item === 'string' ? item : Object.values(item as object).join(' | '),
  );
  return ` ${reordered(entries, asked).join('\n- ')}\n\nThe end.`;
};
const source = (
  lm: ScriptedLM,
  options: Partial<LocalSourceOptions> = {},
): ReturnType<typeof createLocalSource> =>
  createLocalSource({ lm, doubts: 8, negativesPerKind: 5, maxTokens: 4_000, ...options });

describePromptGenerator(
  'createLocalSource',
  () => source(scriptedLM({ continueWith: author }), { wanted: few }),
  {
    request,
    tooMany: 1_000,
  },
);
describePromptGenerator(
  'createLocalSource with template negatives',
  () =>
    source(scriptedLM({ continueWith: author }), {
      negatives: createTemplateSource({ negativesPerKind: 5 }),
      wanted: none,
      perReply: 7,
    }),
  {
    request: { subject: 'Peru', prompt: 'The capital of {} is', targetTrue: 'Lima', targetNew: 'Oslo' },
    tooMany: 1_000,
  },
);

describe('createLocalSource', () => {
  it('shows the model entries for other facts, then the task and a bullet to go on from', async () => {
    const lm = scriptedLM({ continueWith: author });
    const made = await source(lm, { wanted: few }).generate(request, { count: 5 });
    expect(lm.asked).toHaveLength(6);
    expect(new Set(lm.asked.map((asked) => kindOf(lastTask(asked)))).size).toBe(6);
    for (const asked of lm.asked) {
      expect(asked.text.endsWith('Entries:\n-')).toBe(true);
      expect(asked.text).toContain('Kenya');
      expect(asked.options.stop).toEqual(['\n\n']);
    }
    const first = lm.asked.find((asked) => kindOf(lastTask(asked)) === 'paraphrases')!;
    expect(first.text).toContain('- People in Kenya pay with the\n- ');
    expect(first.text).toMatch(/Manner: [^\n]+\n\nEntries:\n-$/);
    expect(made.aliases).toHaveLength(2);
    expect(made.implications).toHaveLength(5);
    expect(made.implications[0]).toMatchObject({
      hops: 1,
      answerTrue: expect.any(String),
      answerNew: expect.any(String),
    });
    expect(made.reverseQuestions).toHaveLength(2);
    expect(made.source).toMatchObject({
      kind: 'local',
      model: 'scripted',
      sha256: 'ab'.repeat(32),
      negatives: 'generic',
    });
    expect(made.report).toMatchObject({
      missing: {},
      failures: [],
      usage: { calls: 6, callsWithoutUsage: 0 },
    });
    expect(made.report.usage.promptTokens).toBe(
      lm.asked.reduce((sum, { text }) => sum + [...text].length, 0),
    );
  });

  it('reads bulleted and numbered lines, and nothing of a last line that was cut', async () => {
    const text =
      ' The beast of Lake Wobble is\n2. Lake Wobble hides\n* Anglers at Lake Wobble fear\nNote: more\n- Deep in Lake Wobble sleeps';
    const lm = scriptedLM({ continueWith: () => text });
    const made = async (maxTokens: number): Promise<readonly string[]> =>
      (
        await source(lm, { wanted: none, maxTokens, onShortfall: 'partial' }).generate(request, { count: 9 })
      ).prompts.slice(1);
    const whole = [
      'The beast of Lake Wobble is',
      'Lake Wobble hides',
      'Anglers at Lake Wobble fear',
      'Deep in Lake Wobble sleeps',
    ];
    expect(await made(text.length + 1)).toEqual(whole);
    expect(await made(text.length - 3)).toEqual(whole.slice(0, 3));
  });

  it('takes no line for an implication that has not both answers', async () => {
    const lm = scriptedLM({
      continueWith: () =>
        ' What Lake Wobble hides is | a | b\n- The colour in Lake Wobble is | red\n- In Lake Wobble swims | a | b | c',
    });
    const wanted = { ...none, oneHopImplications: 2 };
    const made = await source(lm, { wanted, onShortfall: 'partial' }).generate(request, { count: 1 });
    expect(made.implications).toEqual([
      { text: 'What Lake Wobble hides is', hops: 1, answerTrue: 'a', answerNew: 'b' },
    ]);
  });

  it('begins a list without entries anew with other seeds, a bounded number of times', async () => {
    const lm = scriptedLM({ continueWith: ({ options }) => (options.seed === undefined ? 'x' : '\n\n') });
    const made = await source(lm, { wanted: none, maxReasks: 1, onShortfall: 'partial' }).generate(request, {
      count: 3,
    });
    expect(made.prompts).toHaveLength(1);
    expect(lm.asked).toHaveLength(4);
    expect(new Set(lm.asked.map(({ options }) => options.seed)).size).toBe(4);
    expect(made.report.failures).toMatchObject([
      { kind: 'paraphrases', batch: 0, reason: 'empty' },
      { kind: 'paraphrases', batch: 1, reason: 'empty' },
    ]);
    expect(made.report.missing).toEqual({ paraphrases: 2 });
    const error = await expectCode(
      () => source(lm, { wanted: none }).generate(request, { count: 3 }),
      'not-enough-data',
    );
    expect(error.message).toContain('went on with no entry of paraphrases, 3 times');
  });

  it('leaves examples out that do not fit, and says so when none does', async () => {
    const lm = scriptedLM({ continueWith: author });
    await source(lm, { wanted: none }).generate(request, { count: 2 });
    const { text } = lm.asked[0]!;
    const [first] = text.split('\n\n\n');
    const tight = scriptedLM({ continueWith: author, maxPositions: text.length - 10 + 50 });
    await source(tight, { wanted: none, maxTokens: 50, onShortfall: 'partial' }).generate(request, {
      count: 2,
    });
    expect(tight.asked[0]!.text).toBe(text.slice(first!.length + 3));
    const short = scriptedLM({ continueWith: author, maxPositions: 112 });
    const error = await expectCode(
      () => source(short, { wanted: none }).generate(request, { count: 2 }),
      'unsupported',
    );
    expect(error.message).toMatch(/expected a model with \d+ positions for paraphrases, got 112 of scripted/);
  });

  it('asks the model for nothing that the cache has', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'local-'));
    try {
      const cache = createPromptCache(folder);
      const made = await source(scriptedLM({ continueWith: author }), { wanted: few, cache }).generate(
        request,
        { count: 15 },
      );
      const lm = scriptedLM({ continueWith: () => 'never asked' });
      expect(await source(lm, { wanted: few, cache }).generate(request, { count: 15 })).toEqual(made);
      expect(lm.asked).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('stops in the middle of a list when its signal fires', async () => {
    const controller = new AbortController();
    const lm = scriptedLM({
      continueWith: () => ' word'.repeat(800),
      onToken: (step) => {
        if (step === 500) controller.abort();
      },
    });
    const work = source(lm, { wanted: none }).generate(request, { count: 3, signal: controller.signal });
    await expect(work).rejects.toMatchObject({ code: 'aborted' });
    expect(lm.asked).toHaveLength(1);
  });

  it('refuses options out of range', async () => {
    const lm = scriptedLM({ continueWith: author });
    for (const wrong of [
      { temperature: -1 },
      { topP: 0 },
      { maxTokens: 0 },
      { perReply: 0 },
      { wanted: { aliases: 1.5 } },
      { lm: {} as never },
    ])
      await expectCode(() => createLocalSource({ lm, ...wrong }), 'invalid-option');
  });
});
