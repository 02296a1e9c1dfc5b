import { describe, expect, it } from 'vitest';
import { createScriptedLM, type Script } from '../../test/scripted-lm.js';
import { createScriptedMethod, createScriptedSource } from '../../test/scripted-method.js';
import { parseRippleEdits } from '../datasets/ripple-edits.js';
import { createProtocol, protocols, type Protocol } from '../protocols/protocol.js';
import { runSuite } from '../runner/run-suite.js';
import type { SuiteRow } from '../runner/suite-result.js';
import { popularSuite } from './popular-suite.js';

const answers = (...values: string[]): unknown[] =>
  values.map((value) => ({ value, aliases: value === 'Latin' ? ['Roman'] : [] }));
const query = (prompt: string, ...values: string[]): unknown => ({
  ...{ prompt, answers: answers(...values), query_type: 'regular', subject_id: 'Q1', relation: 'R' },
  ...{ target_ids: ['Q2'], phrase: prompt },
});
const test = (asked: unknown, condition: unknown): unknown => ({
  test_queries: [asked],
  test_condition: 'OR',
  condition_queries: [condition],
});

/** France's capital becomes Rome; the tests of each axis are told apart by what passes. */
const record = {
  case_id: 3,
  example_type: 'popular',
  edit: {
    prompt: 'The capital of France is Rome.',
    subject_id: 'France',
    relation: 'P36',
    target_id: 'Rome',
    target_label: 'Rome',
    subject_label: 'France',
    original_fact: { prompt: 'The capital of France is Paris.', target_id: 'Paris', target_label: 'Paris' },
  },
  Compositionality_I: [
    test(query('People there speak', 'Latin'), query('In Rome they speak', 'Latin')),
    test(query('Tourists there see', 'Colosseum'), query('In Rome they see', 'Pantheon')),
  ],
  Compositionality_II: [
    test(query('Its neighbour is ruled from', 'Rome'), query('Its neighbour is', 'France')),
  ],
  Subject_Aliasing: [test(query('The capital of Gaul is', 'Rome'), query('The capital of Gaul is', 'Rome'))],
  Relation_Specificity: [
    test(query('The anthem of France is', 'Marseillaise'), query('The anthem of France is', 'Marseillaise')),
    test(query('The bird of France is', 'Rooster'), query('The bird of France is', 'Rooster')),
  ],
  Logical_Generalization: [],
  Forgetfulness: [],
};

const script: Script = {
  'The capital of France is': { ' Paris': 3, ' Rome': 1 },
  'The capital of France is Rome': { '.': 1 },
  'People there speak': { ' French': 3 },
  'In Rome they speak': { ' Roman': 2 },
  'Tourists there see': { ' Louvre': 3 },
  'In Rome they see': { ' Colosseum': 2 },
  'Its neighbour is ruled from': { ' Paris': 3 },
  'Its neighbour is': { ' France': 3 },
  'The capital of Gaul is': { ' Paris': 3 },
  'The anthem of France is': { ' Marseillaise': 3 },
  'The bird of France is': { ' Rooster': 3 },
  Rome: {},
  Paris: {},
  Latin: {},
};

/** The scripted tokenizer has other tokens behind a space than without one: those are compared here. */
const paper = createProtocol('paper', { preferenceTokens: 'spaced' });

const dataset = parseRippleEdits(new TextEncoder().encode(JSON.stringify([record])));

/** The edit fires on its request, the second composition and one of the other relations. */
const firing = {
  France: {
    'The capital of France is': 0,
    'Its neighbour is ruled from': 0.5,
    'The bird of France is': 0.5,
  },
};

async function rows(protocol: Protocol): Promise<SuiteRow[]> {
  const lm = createScriptedLM(script);
  const [result] = await runSuite({
    lm,
    suite: popularSuite(dataset),
    methods: [{ name: 'none' }, { name: 'scripted', method: createScriptedMethod(lm, firing) }],
    prompts: createScriptedSource(),
    protocols: [protocol],
  });
  return [...result!.rows];
}

const valuesOf = ({ metrics }: SuiteRow): Record<string, readonly [number | null, number]> =>
  Object.fromEntries(Object.entries(metrics).map(([name, { value, n }]) => [name, [value, n]]));

describe('popularSuite', () => {
  it('keeps tests whose condition the unedited model passes, aliases of the answer included', async () => {
    const [, edited] = await rows(paper);
    expect(valuesOf(edited!)).toMatchObject({
      accuracy: [1, 1],
      // The sights of Rome are not known: that test is left out.
      compositionalityI: [0, 1],
      compositionalityII: [1, 1],
      logicalGeneralization: [null, 0],
      forgetfulness: [null, 0],
    });
    expect(edited!.filtered).toEqual({ 'compositionalityI: the condition query fails': 1 });
  });

  it('leaves every test of an edit out that does not make its object the likelier, in the paper protocol', async () => {
    const [none] = await rows(paper);
    expect(valuesOf(none!)).toMatchObject({ accuracy: [0, 1], compositionalityII: [null, 0] });
    const kept = await rows(createProtocol('paper', { keepEdits: 'all' }));
    expect(valuesOf(kept[0]!)).toMatchObject({ compositionalityII: [0, 1] });
  });

  it('compares first tokens without a leading space in the paper protocol', async () => {
    // The edit raises " Rome"; "Rome" and "Paris" stay equally unlikely.
    const [, edited] = await rows(protocols.paper);
    expect(valuesOf(edited!)).toMatchObject({ accuracy: [1, 1], compositionalityII: [null, 0] });
    expect(edited!.filtered).toMatchObject({
      'compositionalityII: the edit leaves P(new) <= P(true) on its request': 1,
    });
  });

  it('asks the condition of an alias with the map applied and the gate ignored, in the paper protocol', async () => {
    const [, edited] = await rows(paper);
    expect(valuesOf(edited!)).toMatchObject({ subjectAliasing: [0, 1] });
    // Unedited, the alias is answered truly: the strict protocol keeps the test as well.
    const [none, strict] = await rows(protocols.strict);
    expect(valuesOf(strict!)).toMatchObject({ subjectAliasing: [0, 1] });
    expect(valuesOf(none!)).toMatchObject({ subjectAliasing: [0, 1] });
  });

  it('counts a closed gate as kept relations in the paper protocol; elsewhere the answer decides', async () => {
    const [, edited] = await rows(paper);
    expect(valuesOf(edited!)).toMatchObject({ relationSpecificity: [0.5, 2] });
    const [none] = await rows(protocols.strict);
    expect(valuesOf(none!)).toMatchObject({ relationSpecificity: [1, 2] });
  });

  it('withholds every test query from the prompt source', () => {
    expect(popularSuite(dataset).cases[0]!.withheld).toEqual([
      'People there speak',
      'Tourists there see',
      'Its neighbour is ruled from',
      'The capital of Gaul is',
      'The anthem of France is',
      'The bird of France is',
    ]);
  });
});
