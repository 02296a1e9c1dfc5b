import type { PromptGenerator, ScopePrompt } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { createScriptedLM, type Script, type ScriptedLM } from '../../test/scripted-lm.js';
import { createScriptedMethod } from '../../test/scripted-method.js';
import { dataset, script } from '../../test/world.js';
import { directDoubt, indirectDoubt } from '../protocols/doubt-prompts.js';
import { compareGates, type GateRow } from './compare-gates.js';

const [france, japan] = dataset.records.map(({ request }) => request);
const negatives: readonly ScopePrompt[] = [
  { text: 'The river of France is', kind: 'other-relation', subject: 'France' },
  { text: 'The capital of France was asked. The river of Gaul is', kind: 'topic-change', subject: 'Gaul' },
  { text: 'It rained', kind: 'unrelated' },
  { text: 'It snowed', kind: 'unrelated' },
];
const words: Script = {
  ...script,
  ...Object.fromEntries(negatives.map(({ text }) => [text, { ' Paris': 1 }])),
  ...Object.fromEntries(
    [france!, japan!].flatMap((request) => [
      [indirectDoubt(request), { ' Paris': 1 }],
      [directDoubt(request), { ' Paris': 1 }],
    ]),
  ),
};

/** Gates are fitted with the first negative of a seed of 0; held-out ones are all four. */
const prompts: PromptGenerator = {
  kind: 'scripted',
  generate: async (request, { seed = 0 }) => ({
    request,
    prompts: [request.prompt.replace('{}', request.subject)],
    positives: [],
    negatives: seed === 0 ? negatives.slice(3) : negatives,
    source: { kind: 'scripted' },
    dropped: {},
  }),
};

async function compare(
  make: (lm: ScriptedLM) => Parameters<typeof compareGates>[0]['gates'],
): Promise<GateRow[]> {
  const lm = createScriptedLM(words, { maxPositions: 200 });
  return compareGates({ lm, dataset, gates: make(lm), prompts });
}

describe('compareGates', () => {
  it('counts what each gate lets in, by kind of prompt', async () => {
    const [open, shut] = await compare((lm) => [
      createScriptedMethod(
        lm,
        {
          France: {
            'The capital of France is': 0,
            'Anyhow, France is ruled from': 1,
            'The capital of Gaul is': 0.5,
            [indirectDoubt(france!)]: 0.9,
            'It rained': 0.2,
          },
          Japan: { 'The capital of Japan is': 0.3, [directDoubt(japan!)]: 1.1 },
        },
        { name: 'open' },
      ),
      createScriptedMethod(lm, {}, { name: 'shut' }),
    ]);
    const values = ({ columns }: GateRow): unknown =>
      Object.fromEntries(Object.entries(columns).map(([column, { value, n }]) => [column, [value, n]]));
    expect(open!.gate).toBe('open');
    expect(values(open!)).toEqual({
      request: [1, 2],
      paraphrases: [1 / 3, 3],
      doubtIndirect: [1 / 2, 2],
      doubtDirect: [0, 2],
      neighbours: [1 / 4, 4],
      otherRelation: [0, 2],
      topicChange: [0, 2],
      // 'It snowed' was fitted with, so only 'It rained' is asked, of each record.
      unrelated: [1 / 2, 2],
    });
    expect(Object.values(shut!.columns).every(({ value }) => value === 0)).toBe(true);
  });

  it('gives an interval with each share', async () => {
    const [row] = await compare((lm) => [createScriptedMethod(lm, {})]);
    const { interval } = row!.columns.request;
    expect(interval![0]).toBe(0);
    expect(interval![1]).toBeGreaterThan(0.5);
  });
});
