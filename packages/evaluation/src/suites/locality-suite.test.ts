import type { CausalLM } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { createScriptedLM, type Script } from '../../test/scripted-lm.js';
import { createScriptedMethod, createScriptedSource, type Firing } from '../../test/scripted-method.js';
import { capitalRecord, datasetOf } from '../../test/world.js';
import { protocols, type Protocol } from '../protocols/protocol.js';
import { runSuite } from '../runner/run-suite.js';
import type { MetricValue, SuiteRow } from '../runner/suite-result.js';
import { localitySuite } from './locality-suite.js';
import { neutralTexts } from './neutral-texts.js';
import type { Query } from './suite.js';

const ASKED_OF_FRANCE = 'The capital of France is';
const SEAT_OF_FRANCE = 'Well. The seat of France is';
const RULED_FRANCE = 'Anyhow, France is ruled from';
const ASKED_OF_JAPAN = 'The capital of Japan is';
const RULED_JAPAN = 'So, Japan is ruled from';

/** Paris -> Rome and Tokyo -> Kyoto; only France has prompts to go on from. */
const dataset = datasetOf([
  {
    ...capitalRecord(10, ['France', 'Paris', 'Rome'], {
      paraphrases: [RULED_FRANCE, SEAT_OF_FRANCE],
      neighbours: [],
    }),
    generationPrompts: ['France rhymes', 'France counts', 'France ends'],
  },
  capitalRecord(11, ['Japan', 'Tokyo', 'Kyoto'], { paraphrases: [RULED_JAPAN], neighbours: [] }),
]);

const suite = localitySuite(dataset, { texts: 2 });
const promptsOf = (metric: string): string[] =>
  suite.cases.flatMap(({ queries }) =>
    queries.filter((query: Query) => query.metric === metric).map(({ prompt }) => prompt),
  );
/** Two of France's case, then two of Japan's. */
const [turned, moved, left, untouched] = promptsOf('localityKl') as [string, string, string, string];

/** A script in which a prompt goes on with these words, one after the other. */
const goingOn = (prompt: string, words: readonly string[]): Script =>
  Object.fromEntries(words.map((word, at) => [prompt + words.slice(0, at).join(''), { [word]: 3 }] as const));

const script: Script = {
  ...Object.fromEntries(
    [ASKED_OF_FRANCE, SEAT_OF_FRANCE, RULED_FRANCE].map((text) => [text, { ' Paris': 3 }]),
  ),
  ...Object.fromEntries([ASKED_OF_JAPAN, RULED_JAPAN].map((text) => [text, { ' Tokyo': 3 }])),
  [turned]: { ' Paris': 2 },
  [moved]: { ' Rome': 1 },
  [left]: { ' Tokyo': 3 },
  [untouched]: {},
  ...goingOn('France rhymes', [' tip', ' tap', ' tip', ' tap']),
  ...goingOn('France rhymes Rome', [' tip', ' tap', ' tip', ' tap']),
  ...goingOn(
    'France counts',
    Array.from({ length: 70 }, (_, at) => ` ${at}`),
  ),
  ...goingOn('France ends', [' soon', ' now']),
  Rome: {},
  ' Kyoto': {},
};

/**
 * France's edit fires on two unrelated texts, on its own request, on Japan's paraphrase and on what rhymes. Japan's fires,
 * but farther away, on that paraphrase too, and on France's request and one of its paraphrases, there alone.
 */
const firing: Firing = {
  France: {
    [turned]: 0.5,
    [moved]: 0.5,
    [ASKED_OF_FRANCE]: 0.1,
    [RULED_JAPAN]: 0.2,
    'France rhymes': 0.5,
  },
  Japan: { [ASKED_OF_FRANCE]: 0.3, [SEAT_OF_FRANCE]: 0.4, [RULED_JAPAN]: 0.6 },
};

const scripted = (): ReturnType<typeof createScriptedLM> => createScriptedLM(script, { maxPositions: 128 });

async function rows(protocol: Protocol, lm: CausalLM = scripted()): Promise<[SuiteRow, SuiteRow]> {
  const [result] = await runSuite({
    lm,
    suite,
    methods: [{ name: 'none' }, { name: 'scripted', method: createScriptedMethod(scripted(), firing) }],
    prompts: createScriptedSource(),
    protocols: [protocol],
  });
  return result!.rows as [SuiteRow, SuiteRow];
}

/** A metric of the unedited model and of the edits, each edit alone and both live. */
const both = (metric: string): Promise<[none: MetricValue, edited: MetricValue][]> =>
  Promise.all(
    [protocols.paper, protocols.strict].map(async (protocol) => {
      const [none, edited] = await rows(protocol);
      return [none.metrics[metric]!, edited.metrics[metric]!] as [MetricValue, MetricValue];
    }),
  );

describe('localitySuite', () => {
  it('cuts neutral sentences off in the middle, other ones for every record', () => {
    expect(promptsOf('localityKl')).toHaveLength(4);
    for (const { queries } of suite.cases) {
      const cut = queries.filter(({ metric }) => metric === 'localityKl').map(({ prompt }) => prompt);
      expect(cut).toEqual(
        queries.filter(({ metric }) => metric === 'localityTop1').map(({ prompt }) => prompt),
      );
      const whole = cut.map((prompt) => neutralTexts.filter((text) => text.startsWith(`${prompt} `)));
      expect(whole.map(({ length }) => length)).toEqual([1, 1]);
      expect(new Set(whole.flat()).size).toBe(2);
      for (const prompt of cut) expect(prompt.split(' ').length).toBeGreaterThanOrEqual(3);
    }
    expect(new Set(promptsOf('localityKl')).size).toBe(4);
    expect(
      localitySuite(dataset).cases[0]!.queries.filter(({ metric }) => metric === 'localityKl'),
    ).toHaveLength(4);
  });
});

describe('localityKl', () => {
  it('is the mean KL of what edits change in unrelated text, 0 where none fires', async () => {
    const others = scripted().info.vocabularySize - 2;
    // Logits: Paris 2, Rome 0; the edit says Rome with 2 + 5. Every other word has 0.
    const p = Math.exp(2) + 1 + others;
    const q = Math.exp(2) + Math.exp(7) + others;
    const ofTurned = Math.log(q / p) - 7 / p;
    // Logits: Rome 1, raised to 1 + 5.
    const r = Math.exp(1) + 1 + others;
    const s = Math.exp(6) + 1 + others;
    const ofMoved = Math.log(s / r) - (5 * Math.exp(1)) / r;
    expect(ofTurned).toBeGreaterThan(1);
    for (const [none, edited] of await both('localityKl')) {
      expect([none.value, none.n]).toEqual([0, 4]);
      expect(edited.n).toBe(4);
      expect(edited.value).toBeCloseTo((ofTurned + ofMoved) / 4, 5);
    }
  });
});

describe('localityTop1', () => {
  it('counts a text whose greedy token changes, and none that only becomes likelier', async () => {
    for (const [none, edited] of await both('localityTop1')) {
      expect([none.value, none.n]).toEqual([0, 4]);
      expect([edited.value, edited.n]).toEqual([1 / 4, 4]);
      expect(edited.fired).toEqual({ own: 2 / 4, other: 0 });
    }
  });
});

describe('fluency', () => {
  /** Two thirds of what n-grams of two have, four thirds of those of three. */
  const weighed = (two: number, three: number): number => (2 / 3) * two + (4 / 3) * three;
  // tip tap tip tap: 2 of 3 pairs are one; the two threes differ.
  const rhyme = weighed((2 / 3) * Math.log2(3 / 2) + (1 / 3) * Math.log2(3), 1);
  // Rome tip tap tip tap: 2 of 4 pairs are one; the three threes differ.
  const edited = weighed(0.5 * 1 + 2 * 0.25 * 2, Math.log2(3));
  // 60 of the 70 words, all different.
  const count = weighed(Math.log2(59), Math.log2(58));

  it('weighs the entropies of n-grams in continuations of 60 tokens, with the edits that fire', async () => {
    for (const [none, steered] of await both('fluency')) {
      expect([none.n, steered.n]).toEqual([2, 2]);
      expect(none.value).toBeCloseTo((rhyme + count) / 2, 9);
      expect(steered.value).toBeCloseTo((edited + count) / 2, 9);
    }
  });

  it('leaves out and counts what is shorter than three words', async () => {
    for (const row of await rows(protocols.paper))
      expect(row.filtered).toMatchObject({ 'fluency: fewer than three words': 1 });
  });
});

describe('undoDifference', () => {
  it('is 0 where the edit goes without a trace, and has nothing to say without one', async () => {
    for (const protocol of [protocols.paper, protocols.strict]) {
      const [none, edited] = await rows(protocol);
      expect([edited.metrics['undoDifference']!.value, edited.metrics['undoDifference']!.n]).toEqual([0, 2]);
      expect([none.metrics['undoDifference']!.value, none.metrics['undoDifference']!.n]).toEqual([null, 0]);
      expect(none.filtered).toMatchObject({ 'undoDifference: no edit to remove': 2 });
    }
  });

  it('is the largest change of a logit between before and after', async () => {
    // A head that gives one word 0.5 less with every projection: two of them lie between before and after.
    const plain = scripted();
    const [limbo] = plain.encode(' soon');
    let projections = 0;
    const wearing: CausalLM = {
      ...plain,
      project: async (hidden) => {
        const logits = await plain.project(hidden);
        projections++;
        for (let at = limbo!; at < logits.data.length; at += logits.cols)
          logits.data[at]! -= 0.5 * projections;
        return logits;
      },
    };
    const [, edited] = await rows(protocols.paper, wearing);
    expect([edited.metrics['undoDifference']!.value, edited.metrics['undoDifference']!.n]).toEqual([1, 2]);
  });
});

describe('collisions', () => {
  it('counts requests and paraphrases that another edit takes over, not those that it only comes near', async () => {
    const [none, edited] = await rows(protocols.strict);
    // Of France's request, two paraphrases, Japan's request and paraphrase: the second paraphrase and the last.
    expect([edited.metrics['collisions']!.value, edited.metrics['collisions']!.n]).toEqual([2 / 5, 5]);
    expect(edited.metrics['collisions']!.fired).toEqual({ own: 1 / 5, other: 2 / 5 });
    expect([none.metrics['collisions']!.value, none.metrics['collisions']!.n]).toEqual([null, 0]);
    expect(none.filtered).toMatchObject({ 'collisions: no other edit is live': 5 });
  });

  it('has nothing to say of edits that live alone', async () => {
    const [, edited] = await rows(protocols.paper);
    expect([edited.metrics['collisions']!.value, edited.metrics['collisions']!.n]).toEqual([null, 0]);
    expect(edited.filtered).toMatchObject({ 'collisions: no other edit is live': 5 });
  });
});
