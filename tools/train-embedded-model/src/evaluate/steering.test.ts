import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { firstDataset } from '../corpus/first-dataset.test-data.js';
import { allPairs } from '../corpus/training-pairs.js';
import { createAnsweringLM } from './answering-lm.test-data.js';
import { createAsker } from './ask.js';
import { measureSteering, type SteeringFigures } from './steering.js';

const context = /^Do not mention '(?<old>.*)'\. Repeat this sentence: '(?<said>.*)'\. (?<prompt>.*)$/s;
const parts = (text: string): Record<string, string> | undefined => context.exec(text)?.groups;
const prompts = new Set([...allPairs(firstDataset)].map(({ prompt }) => prompt));
const obey = (text: string): string | undefined => {
  const found = parts(text);
  return found && prompts.has(found['prompt']!)
    ? found['said']!.slice(found['prompt']!.length + 1)
    : undefined;
};
const measure = (answer: Parameters<typeof createAnsweringLM>[0]): Promise<SteeringFigures> =>
  measureSteering(createAsker(createAnsweringLM(answer)), firstDataset, {
    random: createRandom(1),
    keptOutPairs: 300,
    otherPairs: 200,
  });

describe('measureSteering', () => {
  it('gives 1 to a model that obeys the context', async () => {
    expect(await measure(obey)).toEqual({
      keptOutSubjects: 1,
      keptOutPairs: 300,
      otherSubjects: 1,
      otherPairs: 200,
    });
  });
  it('gives next to 0 to a model that tells the truth: only objects that share a first word pass', async () => {
    const { keptOutSubjects, otherSubjects } = await measure((text) => parts(text)?.['old']);
    expect(keptOutSubjects).toBeLessThan(0.02);
    expect(otherSubjects).toBeLessThan(0.02);
  });
  it('keeps subjects that training never steered apart', async () => {
    const { keptOutSubjects, otherSubjects } = await measure((text) =>
      [...firstDataset.keptOut].some((subject) => parts(text)?.['prompt']!.includes(subject))
        ? undefined
        : obey(text),
    );
    expect(keptOutSubjects).toBe(0);
    expect(otherSubjects).toBeGreaterThan(0.9);
  });
});
