import { describe, expect, it } from 'vitest';
import { createAnsweringLM } from './answering-lm.test-data.js';
import { greedyOutcomes, type ExpectedAnswer, type GreedyOutcome } from './greedy-outcomes.js';

const lm = createAnsweringLM((prompt) =>
  !prompt.endsWith(' in') ? undefined : prompt.startsWith('She') ? 'New York City' : 'Bonn',
);

async function outcomesOf(asked: readonly ExpectedAnswer[]): Promise<GreedyOutcome[]> {
  const outcomes: GreedyOutcome[] = [];
  for await (const [, outcome] of greedyOutcomes(lm, asked)) outcomes.push(outcome);
  return outcomes;
}
const right = async (prompt: string, object: string): Promise<boolean[]> => {
  const [{ firstToken, wholeObject }] = (await outcomesOf([{ prompt, object }])) as [GreedyOutcome];
  return [firstToken, wholeObject];
};

describe('greedyOutcomes', () => {
  it('tells the first token from the whole object', async () => {
    expect(await right('She lives in', 'New York City')).toEqual([true, true]);
    expect(await right('She lives in', 'New York')).toEqual([true, true]);
    expect(await right('She lives in', 'New Haven City')).toEqual([true, false]);
    expect(await right('She lives in', 'Old York City')).toEqual([false, false]);
    expect(await right('He lives in', 'Bonn')).toEqual([true, true]);
  });

  it('gives the greedy token', async () => {
    const [outcome] = await outcomesOf([{ prompt: 'She lives in', object: 'Bonn' }]);
    expect(lm.decode([outcome!.token])).toBe(' New');
  });

  it('keeps outcomes with their prompts over many chunks', async () => {
    const asked = Array.from({ length: 9001 }, (_, i) => ({
      prompt: `${i % 3 === 0 ? 'She' : 'He'} lives, year ${i}, in`,
      object: i % 3 === 0 ? 'New York City' : 'Paris',
    }));
    const outcomes = await outcomesOf(asked);
    expect(outcomes.map(({ wholeObject }) => wholeObject)).toEqual(asked.map((_, i) => i % 3 === 0));
  });
});
