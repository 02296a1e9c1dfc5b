import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { firstDataset } from '../corpus/first-dataset.test-data.js';
import { allPairs } from '../corpus/training-pairs.js';
import { createAnsweringLM } from './answering-lm.test-data.js';
import { createAsker } from './ask.js';
import { measurePairs, type PairFigures } from './pairs.js';

const facts = firstDataset.facts.filter((_, i) => i % 20 === 0);
const dataset = { ...firstDataset, facts };
const pairs = [...allPairs(dataset)];
const truth = new Map(pairs.map((pair) => [pair.prompt, pair]));

function measure(
  answer: Parameters<typeof createAnsweringLM>[0],
  options: { sample?: number; seed?: number } = {},
): Promise<PairFigures> {
  const { seed = 1, ...rest } = options;
  return measurePairs(createAsker(createAnsweringLM(answer)), dataset, {
    random: createRandom(seed),
    ...rest,
  });
}

describe('measurePairs', () => {
  it('gives 1 to a model that always tells the truth, over every pair', async () => {
    const figures = await measure((prompt) => truth.get(prompt)?.fact.object);
    expect(figures).toMatchObject({ pairs: pairs.length, sampled: null, firstToken: 1, wholeObject: 1 });
    expect(figures.byForm).toEqual({ statements: 1, questions: 1, withheld: 1 });
    expect(new Set(Object.values(figures.byRelation))).toEqual(new Set([1]));
  });

  it('tells forms and relations apart', async () => {
    const answer = (prompt: string): string | undefined => {
      const pair = truth.get(prompt);
      return pair?.form === 'statement' && pair.fact.relation !== 'P36' && !pair.withheld
        ? pair.fact.object
        : undefined;
    };
    const figures = await measure(answer);
    const share = (of: typeof pairs): number =>
      of.filter(({ prompt, fact }) => answer(prompt) === fact.object).length / of.length;
    expect(figures.byForm.questions).toBe(0);
    expect(figures.byForm.withheld).toBe(0);
    expect(figures.byRelation['P36']).toBe(0);
    expect(figures.firstToken).toBeCloseTo(share(pairs), 12);
    expect(figures.byForm.statements).toBeCloseTo(share(pairs.filter((p) => p.form === 'statement')), 12);
    expect(figures.byRelation['P103']).toBeCloseTo(
      share(pairs.filter((p) => p.fact.relation === 'P103')),
      12,
    );
  });

  it('wants every token for the whole object', async () => {
    const figures = await measure((prompt) => truth.get(prompt)?.fact.object.replace(/ .*/, ' of'));
    expect(figures.firstToken).toBe(1);
    const oneWord = pairs.filter(({ fact }) => !fact.object.includes(' ')).length;
    expect(figures.wholeObject).toBeCloseTo(oneWord / pairs.length, 12);
  });

  it('asks a seeded sample and says so', async () => {
    const asked = async (seed: number): Promise<Set<string>> => {
      const prompts = new Set<string>();
      const figures = await measure(
        (prompt) => {
          if (truth.has(prompt)) prompts.add(prompt);
          return truth.get(prompt)?.fact.object;
        },
        { sample: 40, seed },
      );
      expect(figures).toMatchObject({ pairs: 40, sampled: 40, firstToken: 1 });
      return prompts;
    };
    const first = await asked(1);
    expect(await asked(1)).toEqual(first);
    expect(await asked(2)).not.toEqual(first);
  });
});
