import { parseCounterFact } from '@sakejs/evaluation';
import { describe, expect, it } from 'vitest';
import { firstDataset } from '../corpus/first-dataset.test-data.js';
import { allPairs } from '../corpus/training-pairs.js';
import { createAnsweringLM } from './answering-lm.test-data.js';
import { evaluateModel, type EvaluateOptions, type ModelFigures } from './evaluate-model.js';
import { figuresTable } from './figures-table.js';

const truth = new Map([...allPairs(firstDataset)].map(({ prompt, fact }) => [prompt, fact.object]));
const counterfact = parseCounterFact(new TextEncoder().encode(JSON.stringify(firstDataset.records.dev)));

/** A model that answers the plain prompt that a text is or ends with, whatever stands in front. */
function truthfully(text: string): string | undefined {
  for (let at = 0; at !== -1; at = text.indexOf(' ', at + 1)) {
    const object = truth.get(text.slice(at === 0 ? 0 : at + 1));
    if (object !== undefined) return object;
  }
  return undefined;
}

const evaluate = (options: EvaluateOptions = {}): Promise<ModelFigures> =>
  evaluateModel(createAnsweringLM(truthfully), firstDataset, {
    sample: 500,
    keptOutPairs: 200,
    otherPairs: 100,
    contextPrompts: 50,
    ...options,
  });

describe('evaluateModel', () => {
  it('gives a truthful model every fact and no changed one', async () => {
    const figures = await evaluate();
    expect(figures).toMatchObject({ facts: firstDataset.facts.length, relations: 18 });
    expect(figures).toMatchObject({ sampled: 500, firstToken: 1, wholeObject: 1, counterfactDev: null });
    expect(figures.steering).toMatchObject({ keptOutPairs: 200, otherPairs: 100 });
    expect(figures.steering.keptOutSubjects).toBeLessThan(0.03);
    expect(figures.contexts['forcedSource']).toBe(1);
    for (const name of ['considering', 'pretend', 'imagine', 'newFact', 'steeringQuestion'])
      expect(figures.contexts[name]).toBeLessThan(0.1);
    expect(figures.twoHop.context).toBe(0);
  });

  it('asks every kind of context', async () => {
    const { contexts, counts } = await evaluate();
    expect(Object.keys(contexts)).toEqual([
      'forcedSource', 'consideringOriginal', 'longText', 'considering', 'pretend', 'imagine', 'newFact', 'implication',
      'imagined', 'demonstrations', 'chat', 'doubt', 'toldThenDoubted', 'topicChange', 'steeringQuestion',
    ]); // prettier-ignore
    expect(new Set(Object.values(counts.contexts))).toEqual(new Set([50]));
    expect(counts.twoHop.trained).toBeGreaterThan(0);
  });

  it("asks a file of records: a truthful model is right on the dataset's own", async () => {
    const { counterfactDev } = await evaluate({ counterfact });
    expect(counterfactDev).toMatchObject({
      records: counterfact.total,
      total: counterfact.total,
      request: 1,
    });
    expect(counterfactDev!.prompts.request).toBe(counterfact.total);
  });

  it('gives the same figures for the same seed, and a table of them', async () => {
    const figures = await evaluate({ counterfact });
    expect(await evaluate({ counterfact })).toEqual(figures);
    const table = figuresTable(figures);
    for (const text of ['first token right (sample)', '100.00 %', 'context, pretend', 'two hops, heldOut'])
      expect(table).toContain(text);
  });

  it('reports progress by stage and ends when that throws', async () => {
    const last = new Map<string, [number, number]>();
    await evaluate({ onProgress: (stage, done, total) => void last.set(stage, [done, total]) });
    expect(last.get('facts')).toEqual([500, 500]);
    for (const [done, total] of last.values()) expect(done).toBe(total);
    const stop = (): never => {
      throw new Error('stopped');
    };
    await expect(evaluate({ onProgress: stop })).rejects.toThrow('stopped');
  });
});
