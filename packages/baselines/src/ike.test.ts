import { createSteeredLM, greedyTokens } from '@sakejs/editor';
import { fromRows, type PromptDistribution, type PromptEdit, type PromptEmbedder } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { capitalRequest, createTestLM, promptsFor } from '../test/capitals.js';
import { ike, type IkeOptions } from './ike.js';

const france = capitalRequest('France', 'Tokyo');
const distribution: PromptDistribution = {
  ...promptsFor(france),
  prompts: ['The capital of France is', 'It rained. From Paris not far, France is ruled from'],
  wordings: [0, 1],
};
const learn = (options: IkeOptions = {}, prompts = distribution, maxPositions = 512): Promise<PromptEdit> =>
  ike(options).learn(france, { lm: createTestLM({ maxPositions }), prompts });

/** What each demonstration says, the last block being the edit's. */
function blocks(edit: PromptEdit): { fact: string; prompt: string }[] {
  return edit.prefix.split('\n\n').map((block) => {
    const [fact, prompt] = block.split('\n');
    return { fact: fact!.replace(/^New Fact: /, ''), prompt: prompt!.replace(/^Prompt: ?/, '') };
  });
}

describe('ike', () => {
  it('puts demonstrations of other facts, then its own fact, in front of a prompt, in the published form', async () => {
    const edit = await learn();
    const all = blocks(edit);
    expect(all.at(-1)).toEqual({ fact: 'The capital of France is Tokyo', prompt: '' });
    expect(edit.prefix.endsWith('\nPrompt: ')).toBe(true);
    expect(all).toHaveLength(5);
    for (const { fact } of all.slice(0, -1))
      expect(fact).toMatch(/^The capital of (Italy|Japan|Peru|Kenya) is \w+$/);
    const lm = createTestLM({ maxPositions: 512 });
    const [response] = await createSteeredLM(lm, [edit]).respond(['The capital of France is']);
    expect(lm.decode(greedyTokens(fromRows([response!.logits])))).toBe(' Tokyo');
  });

  it('copies its fact, says it in another wording, and leaves others as the model knows them', async () => {
    const ratio = (change: object): IkeOptions => ({ ratio: { copy: 0, update: 0, retain: 0, ...change } });
    for (const { fact, prompt } of blocks(await learn(ratio({ copy: 1 }))).slice(0, -1))
      expect(prompt).toBe(fact);
    for (const { fact, prompt } of blocks(await learn(ratio({ update: 1 }))).slice(0, -1)) {
      const [, subject, object] = fact.match(/capital of (\w+) is (\w+)/)!;
      expect(prompt).toBe(`It rained. From Paris not far, ${subject} is ruled from ${object}`);
    }
    const capitals: Record<string, string> = {
      Italy: 'Rome',
      Japan: 'Tokyo',
      Peru: 'Lima',
      Kenya: 'Nairobi',
    };
    for (const { fact, prompt } of blocks(await learn(ratio({ retain: 1 }))).slice(0, -1)) {
      const [, subject, object] = prompt.match(/far, (\w+) is ruled from (\w+)/)!;
      expect(fact).not.toContain(subject!);
      expect(object).toBe(capitals[subject!]);
    }
  });

  it('gives no demonstration the old or the new object of the edit as its own new one', async () => {
    const edit = await ike().learn(capitalRequest('France', 'Rome'), {
      lm: createTestLM({ maxPositions: 512 }),
      prompts: promptsFor(capitalRequest('France', 'Rome')),
    });
    for (const { fact } of blocks(edit).slice(0, -1)) expect(fact).not.toMatch(/Rome|Paris/);
  });

  it('keeps the nearest demonstrations that fit, the nearest of all last', async () => {
    const order = ['Kenya', 'Peru', 'Japan', 'Italy'];
    const embedder: PromptEmbedder = {
      kind: 'by country',
      embed: async (texts) =>
        fromRows(
          texts.map((text) => {
            const angle = 0.3 * (1 + order.findIndex((country) => text.includes(country)));
            return [Math.cos(angle), Math.sin(angle)];
          }),
        ),
    };
    const subjects = (edit: PromptEdit): (string | undefined)[] =>
      blocks(edit).map(({ fact }) => fact.match(/capital of (\w+)/)?.[1]);
    const all = await learn({ embedder });
    expect(subjects(all)).toEqual(['Italy', 'Japan', 'Peru', 'Kenya', 'France']);
    expect(all.provenance.settings).toMatchObject({
      demonstrationsWanted: 32,
      demonstrationsFound: 4,
      demonstrations: 4,
      tokens: 256,
      retrieval: 'by country',
    });
    const few = await learn({ embedder, tokens: 70 });
    const kept = few.provenance.settings!['demonstrations'] as number;
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(4);
    expect(subjects(few)).toEqual(subjects(all).slice(-kept - 1));
    expect(createTestLM().encode(few.prefix).length).toBeLessThanOrEqual(70);
    expect(subjects(await learn({ embedder, demonstrations: 2 }))).toEqual(['Peru', 'Kenya', 'France']);
  });

  it('is seeded', async () => {
    const lm = createTestLM({ maxPositions: 512 });
    const withSeed = async (seed: number): Promise<string> =>
      (await ike().learn(france, { lm, prompts: distribution, seed })).prefix;
    expect(await withSeed(1)).toBe(await withSeed(1));
    const prefixes = await Promise.all([1, 2, 3, 4].map(withSeed));
    expect(new Set(prefixes).size).toBeGreaterThan(1);
  });

  it('says what is missing where no demonstration can be made or fits', async () => {
    const none = await expectCode(() => learn({}, { ...distribution, negatives: [] }), 'not-enough-data');
    expect(none.message).toContain('other-subject');
    const tight = await expectCode(() => learn({ tokens: 12 }), 'not-enough-data');
    expect(tight.message).toContain('raise `tokens`');
  });

  it('refuses options that mean nothing', async () => {
    const wrong: readonly object[] = [
      { demonstrations: 0 },
      { tokens: 1.5 },
      { ratio: { copy: 0, update: 0, retain: 0 } },
      { ratio: { copy: -1, update: 1, retain: 1 } },
      { embedder: {} },
      { demonstration: 3 },
    ];
    for (const options of wrong) {
      const error = await expectCode(async () => ike(options), 'invalid-option');
      expect(error.message).toMatch(/^ike: expected valid options, got /);
    }
  });
});
