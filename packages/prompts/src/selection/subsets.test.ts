import { fromRows, type PromptDistribution, type PromptEmbedder } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createAnsweringLM } from '../../test/answering-lm.js';
import { diverseSubset } from './diverse-subset.js';
import { nestedSubsets } from './nested-subsets.js';

const prompts = Array.from({ length: 120 }, (_, index) => `Peru, take ${index}, is run from`);
const distribution: PromptDistribution = {
  request: { subject: 'Peru', prompt: '{}, take 0, is run from', targetTrue: 'Lima', targetNew: 'Oslo' },
  prompts,
  wordings: prompts.map((_, index) => index + 1000),
  positives: [{ text: 'Lima? Peru is run from', kind: 'doubt', subject: 'Peru' }],
  negatives: [{ text: 'Chile is run from', kind: 'other-subject', subject: 'Chile' }],
  source: { kind: 'template', seed: 3 },
  dropped: { duplicate: 2 },
};

describe('nestedSubsets', () => {
  const sizes = [10, 25, 50, 100];
  const subsets = nestedSubsets(distribution, sizes, { seed: 5 });

  it('gives the sizes asked for, each within the next', () => {
    expect(subsets.map((subset) => subset.prompts.length)).toEqual(sizes);
    for (const [index, subset] of subsets.slice(0, -1).entries())
      expect(subsets[index + 1]!.prompts.slice(0, subset.prompts.length)).toEqual(subset.prompts);
    for (const subset of subsets) expect(new Set(subset.prompts).size).toBe(subset.prompts.length);
  });

  it('begins with the prompt of the request, whatever the seed', () => {
    for (const seed of [0, 1, 2])
      for (const subset of nestedSubsets(distribution, [1, 10], { seed }))
        expect(subset.prompts[0]).toBe(prompts[0]);
  });

  it('draws by its seed, not in file order', () => {
    expect(nestedSubsets(distribution, sizes, { seed: 5 })).toEqual(subsets);
    expect(nestedSubsets(distribution, sizes, { seed: 6 })[0]!.prompts).not.toEqual(subsets[0]!.prompts);
    expect(subsets[0]!.prompts).not.toEqual(prompts.slice(0, 10));
  });

  it('keeps wordings with their prompts, and all else', () => {
    const [smallest] = subsets;
    expect(smallest!.wordings).toEqual(smallest!.prompts.map((text) => prompts.indexOf(text) + 1000));
    expect(smallest).toMatchObject({
      request: distribution.request,
      positives: distribution.positives,
      negatives: distribution.negatives,
      dropped: distribution.dropped,
      source: { kind: 'template', seed: 3, subset: 10, subsetFrom: 120, subsetSeed: 5 },
    });
    const { wordings, ...bare } = distribution;
    expect(wordings).toBeDefined();
    expect(nestedSubsets(bare, [2])[0]).not.toHaveProperty('wordings');
  });

  it('takes sizes in any order, and gives them back in it', () => {
    expect(nestedSubsets(distribution, [50, 10], { seed: 5 })).toEqual([subsets[2], subsets[0]]);
  });

  it('refuses sizes that cannot be', async () => {
    await expectCode(() => nestedSubsets(distribution, [10, 121]), 'not-enough-data');
    await expectCode(() => nestedSubsets(distribution, [0]), 'invalid-option');
    await expectCode(() => nestedSubsets(distribution, [1.5]), 'invalid-option');
  });
});

describe('diverseSubset', () => {
  /** Places a text on a line by its number. */
  const embedder: PromptEmbedder = {
    kind: 'number',
    embed: async (texts) => fromRows(texts.map((text) => Float64Array.of(Number(/\d+/.exec(text)?.[0]), 1))),
  };

  it('keeps the prompts that are farthest apart, the request’s own first', async () => {
    const made = await diverseSubset(distribution, { embedder }, { count: 3, distance: 'euclidean' });
    expect(made.prompts.map((text) => prompts.indexOf(text))).toEqual([0, 119, 59]);
    expect(made.wordings).toEqual([1000, 1119, 1059]);
    expect(made.dropped).toEqual({ duplicate: 2, 'not-diverse': 117 });
    expect(made.source).toMatchObject({ selection: 'diverse', selectedFrom: 120, selectedBy: 'number' });
  });

  it('compares activations of a model where there is no embedder', async () => {
    const lm = createAnsweringLM((text) => (text.includes('take 77,') ? ' Cusco' : ' Lima'));
    const made = await diverseSubset(distribution, { lm }, { count: 2 });
    expect(made.prompts).toEqual([prompts[0], prompts[77]]);
    expect(made.source['selectedBy']).toBe('last-token activation');
  });

  it('refuses more prompts than there are, and stops when its signal has fired', async () => {
    await expectCode(() => diverseSubset(distribution, { embedder }, { count: 121 }), 'not-enough-data');
    await expectCode(
      () => diverseSubset(distribution, { embedder }, { count: 2, signal: AbortSignal.abort() }),
      'aborted',
    );
  });
});
