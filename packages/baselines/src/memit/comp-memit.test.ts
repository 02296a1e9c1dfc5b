import { fillPrompt, type EditRequest, type PromptDistribution } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createLinearLM } from '../../test/linear-lm.js';
import { collectKeyMoments } from '../rome/key-moments.js';
import { compMemit } from './comp-memit.js';
import { memit } from './memit.js';

const plain = createLinearLM();
const texts = Array.from({ length: 60 }, (_, i) => `w${i % 50} w${(i * 7) % 50} w${(i * 13) % 50}`);
const moments = await collectKeyMoments(plain, texts, { layer: 1 });
const request: EditRequest = { subject: 'w3', prompt: '{} lies by the', targetTrue: 'w5', targetNew: 'w9' };
const asked = fillPrompt(request.prompt, request.subject);
const question = (text: string): { text: string; kind: 'implication'; subject: string } => ({
  ...{ text, kind: 'implication', subject: 'w3' },
});
const prompts: PromptDistribution = {
  request,
  prompts: [asked, 'w7 w3 lies by the', 'w8 w3 lies by the', 'it lies by the', 'w11 w3 lies by the'],
  implied: [
    {
      ...{ name: 'a', form: 'object-relation', negatives: [] },
      prompts: ['w12 of w3', 'w13 of w3', 'w14 of w3', 'w15 of w3'].map(question),
    },
    { ...{ name: 'b', form: 'object-relation', negatives: [] }, prompts: [question('w16 of w3')] },
    { ...{ name: 'c', form: 'described-subject', negatives: [] }, prompts: [question('w17 of w3')] },
  ],
  ...{ positives: [], negatives: [], source: { kind: 'test' }, dropped: {} },
};
const options = { layers: [1], momentWeight: 8, prefixes: [], steps: 3, moments: [moments] };

/** The linear model that answers a question behind any context with what is written down, and what it was asked. */
function answering(answers: Readonly<Record<string, string>>): { lm: typeof plain; asked: string[] } {
  const contexts: string[] = [];
  const lm: typeof plain = {
    ...plain,
    info: { ...plain.info, maxPositions: 200 },
    generateBatch: (requests) =>
      requests.map(async function* ({ prompt }) {
        contexts.push(String(prompt));
        const known = Object.keys(answers).find((text) => String(prompt).endsWith(text));
        yield {
          token: 0,
          text: ` ${known === undefined ? '' : answers[known]!}`,
          logProbability: 0,
          step: 0,
        };
      }),
  };
  return { lm, asked: contexts };
}

const ranks = async (lm: typeof plain, more: object = {}): Promise<number> => {
  const { deltas } = await compMemit({ ...options, ...more }).learn(request, { lm, prompts });
  const [delta] = deltas;
  return delta !== undefined && 'u' in delta ? delta.u.cols : 0;
};

describe('compMemit', () => {
  const agreeing = { 'w12 of w3': 'w20', 'w13 of w3': 'w20', 'w14 of w3': 'w20', 'w15 of w3': 'w21' };

  it('writes paraphrases and implications besides the request, as one edit', async () => {
    const { lm, asked: contexts } = answering({ ...agreeing, 'w16 of w3': 'w22' });
    // The request, 3 paraphrases that name the subject, an implication each of a, b and c.
    expect(await ranks(lm)).toBe(1 + 3 + 3);
    expect(contexts).toHaveLength(5);
    expect(contexts[0]).toContain("'w3 lies by the w9'");
    expect(await ranks(lm, { paraphrases: 2, implications: 0 })).toBe(3);
    expect(await ranks(lm, { paraphrases: 0, implications: 2 })).toBe(1 + 2 + 1 + 1);
  });

  it('leaves out an implication whose contexts do not agree', async () => {
    const split = { ...agreeing, 'w14 of w3': 'w23' };
    expect(await ranks(answering(split).lm, { paraphrases: 0 })).toBe(2);
  });

  it('changes the request as memit does where there is nothing else', async () => {
    const { lm } = answering({});
    const comp = compMemit({ ...options, paraphrases: 0, implications: 0 });
    const { provenance, deltas } = await comp.learn(request, { lm, prompts });
    expect(provenance).toMatchObject({ method: 'compmemit', settings: { written: 1, batch: 1 } });
    expect(deltas).toEqual((await memit(options).learn(request, { lm, prompts })).deltas);
    expect(deltas.length).toBeGreaterThan(0);
  });

  it('refuses numbers below 0', async () => {
    await expectCode(() => compMemit({ ...options, paraphrases: -1 }), 'invalid-option');
  });
});
