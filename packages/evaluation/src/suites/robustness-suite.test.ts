import { describe, expect, it } from 'vitest';
import { createScriptedLM, type Script, type ScriptedLM } from '../../test/scripted-lm.js';
import { createScriptedMethod, createScriptedSource, type Firing } from '../../test/scripted-method.js';
import { capitalRecord, datasetOf } from '../../test/world.js';
import { protocols, type Protocol } from '../protocols/protocol.js';
import { runSuite } from '../runner/run-suite.js';
import type { SuiteRow } from '../runner/suite-result.js';
import { neutralTexts } from './neutral-texts.js';
import { robustnessSuite } from './robustness-suite.js';

const neighbours = ['The capital of Gaul is', 'The capital of Latium is', 'The capital of Nowhere is'];
const dataset = datasetOf([
  capitalRecord(10, ['France', 'Paris', 'Rome Antica'], { paraphrases: [], neighbours }),
  capitalRecord(11, ['Japan', 'Tokyo', 'Kyoto'], {
    paraphrases: [],
    neighbours: ['The capital of Honshu is'],
  }),
]);
const suite = robustnessSuite(dataset, { perRecord: 3 });

/** The prompts of a metric, of one case. */
const promptsOf = (metric: string, at: number): string[] =>
  suite.cases[at]!.queries.filter((query) => query.metric === metric).map(({ prompt }) => prompt);
const [longFrance, longJapan] = [promptsOf('longContext', 0), promptsOf('longContext', 1)];
const [noisyFrance, noisyJapan] = [promptsOf('noisyPrefix', 0), promptsOf('noisyPrefix', 1)];
const [kept, turned, preferring] = promptsOf('topicChange', 0) as [string, string, string];
const [tied] = promptsOf('topicChange', 1) as [string];

const saying = (texts: readonly string[], logits: Script[string]): Script =>
  Object.fromEntries(texts.map((text) => [text, logits]));

const script: Script = {
  ...saying([...longFrance, ...noisyFrance], { ' Paris': 3 }),
  ...saying([...longJapan, ...noisyJapan], { ' Tokyo': 3 }),
  // Where this is asked, the model says the new object by itself.
  [longJapan[2]!]: { ' Kyoto': 3, ' Tokyo': 1 },
  // What is said and which of both objects is the likelier are two things.
  [longFrance[2]!]: { ' Limbo': 4, ' Rome': 3, ' Paris': 1 },
  [noisyFrance[0]!]: { ' Limbo': 4, ' Rome': 3, ' Paris': 1 },
  [kept]: { ' Limbo': 4, ' Paris': 3, ' Rome': 1 },
  [turned]: { ' Paris': 3, ' Rome': 1 },
  [preferring]: { ' Rome': 3, ' Paris': 1 },
  [tied]: { ' Honshu': 4, ' Tokyo': 2, ' Kyoto': 2 },
  'The capital of France is': { ' Paris': 3 },
  'The capital of Japan is': { ' Tokyo': 3 },
  // Nobody ever says it: the first token decides.
  ' Antica': {},
};

const firing: Firing = {
  France: { [longFrance[0]!]: 0.5, [longFrance[1]!]: 0.5, [noisyFrance[2]!]: 0.5, [turned]: 0.5 },
  Japan: { [longJapan[0]!]: 0.5 },
};

async function rows(protocol: Protocol, maxPositions = 512): Promise<[SuiteRow, SuiteRow]> {
  const lm: ScriptedLM = createScriptedLM(script, { maxPositions });
  const [result] = await runSuite({
    lm,
    suite,
    methods: [{ name: 'none' }, { name: 'scripted', method: createScriptedMethod(lm, firing) }],
    prompts: createScriptedSource(),
    protocols: [protocol],
  });
  return result!.rows as [SuiteRow, SuiteRow];
}

const valuesOf = ({ metrics }: SuiteRow): Record<string, readonly [number | null, number]> =>
  Object.fromEntries(Object.entries(metrics).map(([name, { value, n }]) => [name, [value, n]]));

/** How a text begins and ends that a pattern with one gap makes. */
const around = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('|')
      .map((part) => part.replace(/[.?"]/g, '\\$&'))
      .join('(.*)')}$`,
  );

describe('robustnessSuite', () => {
  it.each(['paper', 'strict'] as const)('has these values in the %s protocol', async (name) => {
    const [none, edited] = await rows(protocols[name]);
    expect(valuesOf(edited)).toEqual({
      // Two of France's three, one of Japan's, and the one that needs no edit.
      longContext: [4 / 6, 6],
      noisyPrefix: [1 / 6, 6],
      // One is kept, one turned, a tie is lost though no edit fired; the fourth preferred the new object.
      topicChange: [1 / 3, 3],
    });
    expect(valuesOf(none)).toEqual({
      longContext: [1 / 6, 6],
      noisyPrefix: [0, 6],
      topicChange: [2 / 3, 3],
    });
    for (const { filtered } of [none, edited])
      expect(filtered).toEqual({ 'topicChange: the unedited model prefers the new object': 1 });
  });

  it('leaves out and counts pages that are longer than the positions', async () => {
    const [, edited] = await rows(protocols.paper, 100);
    expect(valuesOf(edited)).toEqual({
      longContext: [null, 0],
      noisyPrefix: [1 / 6, 6],
      topicChange: [1 / 3, 3],
    });
    expect(edited.filtered).toMatchObject({ "longContext: longer than the model's positions": 6 });
  });

  it('puts twenty different neutral sentences, as they are, in front of the request', () => {
    for (const [at, pages] of [longFrance, longJapan].entries()) {
      const asked = [' The capital of France is', ' The capital of Japan is'][at]!;
      expect(pages).toHaveLength(3);
      for (const page of pages) {
        expect(page.endsWith(asked)).toBe(true);
        const held = neutralTexts.filter((text) => page.includes(text));
        expect(held).toHaveLength(20);
        expect(page.length).toBe(held.join(' ').length + asked.length);
      }
    }
    expect(new Set([...longFrance, ...longJapan]).size).toBe(6);
  });

  it('misspells two neutral sentences in front of the request, and leaves the request alone', () => {
    for (const [at, texts] of [noisyFrance, noisyJapan].entries()) {
      const asked = [' The capital of France is', ' The capital of Japan is'][at]!;
      expect(texts).toHaveLength(3);
      for (const text of texts) {
        expect(text.endsWith(asked)).toBe(true);
        const prefix = text.slice(0, -asked.length);
        expect(neutralTexts.filter((sentence) => prefix.includes(sentence))).toEqual([]);
        expect(prefix.match(/\./g)).toHaveLength(2);
        // One letter in six is hit: most words of two sentences are still there.
        const words = new Set(neutralTexts.flatMap((sentence) => sentence.split(' ')));
        const whole = prefix.split(' ').filter((word) => words.has(word)).length;
        expect(whole).toBeGreaterThan(5);
        expect(whole).toBeLessThan(prefix.split(' ').length);
      }
    }
    expect(new Set([...noisyFrance, ...noisyJapan]).size).toBe(6);
  });

  it('asks a neighbour behind the edited question, in three wordings in turn', () => {
    const patterns = [
      'The first riddle was "The capital of France is", and it stayed unsolved. The next one: |',
      'Never mind how "The capital of France is" goes on. |',
      'The capital of France is... no, I would rather know something else. |',
    ];
    const asked = [kept, turned, preferring].map((text, at) => around(patterns[at]!).exec(text)?.[1]);
    expect([...asked].sort()).toEqual(neighbours);
    // The second record begins with the second wording.
    expect(tied).toBe('Never mind how "The capital of Japan is" goes on. The capital of Honshu is');
    expect(promptsOf('topicChange', 1)).toHaveLength(1);
  });

  it('asks twice a record and metric where nothing else is said, and the same for the same seed', () => {
    const [asking] = robustnessSuite(dataset).cases;
    expect(asking!.queries.map(({ metric }) => metric)).toEqual(
      ['longContext', 'noisyPrefix', 'topicChange'].flatMap((metric) => [metric, metric]),
    );
    expect(robustnessSuite(dataset).cases).toEqual(robustnessSuite(dataset).cases);
    expect(robustnessSuite(dataset, { seed: 1 }).cases).not.toEqual(robustnessSuite(dataset).cases);
  });
});
