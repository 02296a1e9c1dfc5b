import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../test/dataset-files.js';
import { createScriptedLM, type Script } from '../../test/scripted-lm.js';
import { createScriptedMethod, createScriptedSource, type Firing } from '../../test/scripted-method.js';
import { parseRippleEdits } from '../datasets/ripple-edits.js';
import type { RippleEditsDataset } from '../datasets/ripple-edits-record.js';
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

/**
 * France's capital becomes Rome; the tests of each axis are told apart by what passes. Of answers in two words only the first is
 * ever said: a whole object is not asked for.
 */
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
    test(query('Its neighbour is ruled from', 'Rome Antica'), query('Its neighbour is', 'France')),
  ],
  Subject_Aliasing: [test(query('The capital of Gaul is', 'Rome'), query('The capital of Gaul is', 'Rome'))],
  Relation_Specificity: [
    test(
      query('The anthem of France is', 'Marseillaise Hymn'),
      query('The anthem of France is', 'Marseillaise'),
    ),
    test(query('The bird of France is', 'Rooster'), query('The bird of France is', 'Rooster')),
    test(query('The tree of France is', 'Yew'), query('Yews grow in', 'France')),
  ],
  Logical_Generalization: [
    test(query('French rule sits in', 'Rome Antica'), query('French rule is', 'old')),
    test(query('Rome is the capital of', 'France'), query('Rome is', 'old')),
    test(query('Paris was once ruled from', 'Rome'), query('Paris is', 'young')),
  ],
  Forgetfulness: [
    test(query('Another seat of France is', 'Lyon Town'), query('Lyon is in', 'France')),
    test(query('A former seat of France is', 'Vichy'), query('Vichy is in', 'France')),
    test(query('A summer seat of France is', 'Tours'), query('Tours is in', 'France')),
    test(query('A winter seat of France is', 'Pau'), query('Pau is in', 'Spain')),
  ],
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
  'The tree of France is': { ' Oak': 3 },
  'Yews grow in': { ' France': 3 },
  'French rule sits in': { ' Paris': 3 },
  'French rule is': { ' old': 3 },
  'Rome is the capital of': { ' Italy': 3 },
  'Rome is': { ' old': 3 },
  'Paris was once ruled from': { ' Rome': 3 },
  'Paris is': { ' old': 3 },
  'Another seat of France is': { ' Lyon': 3 },
  'Lyon is in': { ' France': 3 },
  'A former seat of France is': { ' Vichy': 3 },
  'Vichy is in': { ' France': 3 },
  'A summer seat of France is': { ' Blois': 3 },
  'Tours is in': { ' France': 3 },
  'A winter seat of France is': { ' Pau': 3 },
  'Pau is in': { ' France': 3 },
  Rome: {},
  Paris: {},
  Latin: {},
};

/** The scripted tokenizer has other tokens behind a space than without one: those are compared here. */
const paper = createProtocol('paper', { preferenceTokens: 'spaced' });

const datasetOf = (value: unknown): RippleEditsDataset => parseRippleEdits(bytesOf([value]));
const dataset = datasetOf(record);

const noTests = Object.fromEntries(
  Object.keys(record).flatMap((field) => (/^[A-Z]/.test(field) ? [[field, []]] : [])),
);
/** What the model says of the edit itself. */
const edit: Script = {
  'The capital of France is': { ' Paris': 3, ' Rome': 1 },
  'The capital of France is Rome': { '.': 1 },
  Rome: {},
  Paris: {},
};

/** The edit fires on its request, the second composition, one of the other relations, and where French rule sits or sat. */
const firing = {
  France: {
    'The capital of France is': 0,
    'Its neighbour is ruled from': 0.5,
    'The bird of France is': 0.5,
    'French rule sits in': 0.5,
    'A former seat of France is': 0.5,
  },
};

/** A record with what the model says and where the edit fires. */
interface World {
  readonly records: RippleEditsDataset;
  readonly says: Script;
  readonly fires: Firing;
}

/** The record with other tests, the texts of their world beside those of the edit's own. */
const worldOf = (tests: Readonly<Record<string, unknown>>, says: Script, on: readonly string[]): World => ({
  records: datasetOf({ ...record, ...noTests, ...tests }),
  says: { ...edit, ...says },
  fires: { France: Object.fromEntries(['The capital of France is', ...on].map((text) => [text, 0.5])) },
});

async function rows(
  protocol: Protocol,
  { records, says, fires }: World = { records: dataset, says: script, fires: firing },
): Promise<SuiteRow[]> {
  const lm = createScriptedLM(says);
  const [result] = await runSuite({
    lm,
    suite: popularSuite(records),
    methods: [{ name: 'none' }, { name: 'scripted', method: createScriptedMethod(lm, fires) }],
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
      // French rule moves, Rome stays Italy's; that Paris is young is not known.
      logicalGeneralization: [1 / 2, 2],
      // Lyon is still said, the edit takes over Vichy, and Blois was never Tours, closed gate or not; Pau is left out.
      forgetfulness: [1 / 3, 3],
    });
    expect(edited!.filtered).toEqual({
      'compositionalityI: the condition query fails': 1,
      'logicalGeneralization: the condition query fails': 1,
      'forgetfulness: the condition query fails': 1,
    });
  });

  it('keeps the same tests for the unedited model in the strict protocol', async () => {
    const [none, edited] = await rows(protocols.strict);
    expect(valuesOf(none!)).toEqual({
      accuracy: [0, 1],
      compositionalityI: [0, 1],
      compositionalityII: [0, 1],
      subjectAliasing: [0, 1],
      relationSpecificity: [2 / 3, 3],
      logicalGeneralization: [0, 2],
      forgetfulness: [2 / 3, 3],
    });
    expect(valuesOf(edited!)).toEqual({
      accuracy: [1, 1],
      compositionalityI: [0, 1],
      compositionalityII: [1, 1],
      subjectAliasing: [0, 1],
      relationSpecificity: [1 / 3, 3],
      logicalGeneralization: [1 / 2, 2],
      forgetfulness: [1 / 3, 3],
    });
    expect(none!.filtered).toEqual(edited!.filtered);
  });

  it('leaves every test of an edit out that does not make its object the likelier, in the paper protocol', async () => {
    const [none] = await rows(paper);
    expect(valuesOf(none!)).toEqual({
      accuracy: [0, 1],
      compositionalityI: [null, 0],
      compositionalityII: [null, 0],
      subjectAliasing: [null, 0],
      relationSpecificity: [null, 0],
      logicalGeneralization: [null, 0],
      forgetfulness: [null, 0],
    });
    const unlike = 'the edit leaves P(new) <= P(true) on its request';
    expect(none!.filtered).toEqual({
      [`compositionalityI: ${unlike}`]: 2,
      [`compositionalityII: ${unlike}`]: 1,
      [`subjectAliasing: ${unlike}`]: 1,
      [`relationSpecificity: ${unlike}`]: 3,
      [`logicalGeneralization: ${unlike}`]: 3,
      [`forgetfulness: ${unlike}`]: 4,
    });
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
    // The anthem is kept, the edit turns the bird, and the tree was never a yew: no edit made it an oak.
    for (const base of [paper, protocols.strict])
      for (const [closedGateSucceeds, value] of [
        [true, 2 / 3],
        [false, 1 / 3],
      ] as const) {
        const [, edited] = await rows({ ...base, closedGateSucceeds });
        expect(valuesOf(edited!)).toMatchObject({ relationSpecificity: [value, 3] });
      }
    expect([paper.closedGateSucceeds, protocols.strict.closedGateSucceeds]).toEqual([true, false]);
  });

  it('withholds every test query from the prompt source', () => {
    expect(popularSuite(dataset).cases[0]!.withheld).toEqual([
      'People there speak',
      'Tourists there see',
      'Its neighbour is ruled from',
      'The capital of Gaul is',
      'The anthem of France is',
      'The bird of France is',
      'The tree of France is',
      'French rule sits in',
      'Rome is the capital of',
      'Paris was once ruled from',
      'Another seat of France is',
      'A former seat of France is',
      'A summer seat of France is',
      'A winter seat of France is',
    ]);
  });

  it('keeps aliases by their condition under the map, or by what the unedited model knows', async () => {
    const world = worldOf(
      {
        Subject_Aliasing: [
          // Nobody knows what Gallia is; behind the map its condition says Rome. The edit fires.
          test(query('The capital of Gallia is', 'Rome Antica'), query('Gallia is ruled from', 'Rome')),
          // Known unedited; its condition wants the old object, which the map takes away. No edit fires.
          test(query('The capital of Gaul is', 'Rome'), query('Gaul is ruled from', 'Paris')),
          test(query('The capital of Francia is', 'Rome'), query('Francia is ruled from', 'Paris')),
        ],
      },
      {
        'The capital of Gallia is': { ' Limbo': 3 },
        'Gallia is ruled from': { ' Limbo': 3 },
        'The capital of Gaul is': { ' Paris': 3 },
        'Gaul is ruled from': { ' Paris': 3 },
        'The capital of Francia is': { ' Paris': 3 },
        'Francia is ruled from': { ' Paris': 3 },
      },
      ['The capital of Gallia is', 'The capital of Francia is'],
    );
    for (const base of [paper, protocols.strict])
      for (const [aliasingCondition, value, n] of [
        ['mapped', 1, 1],
        ['unedited', 1 / 2, 2],
      ] as const) {
        const [, edited] = await rows({ ...base, aliasingCondition }, world);
        expect(valuesOf(edited!)).toMatchObject({ subjectAliasing: [value, n] });
        expect(edited!.filtered).toEqual({ 'subjectAliasing: the condition query fails': 3 - n });
      }
  });

  it('takes the first token of a new object of several for its accuracy', async () => {
    const longer = { prompt: 'The capital of France is Rome Antica.', target_label: 'Rome Antica' };
    const world: World = {
      ...worldOf({}, { ' Antica': {} }, []),
      records: datasetOf({ ...record, ...noTests, edit: { ...record.edit, ...longer } }),
    };
    for (const protocol of [paper, protocols.strict]) {
      const [none, edited] = await rows(protocol, world);
      expect(valuesOf(none!)).toMatchObject({ accuracy: [0, 1] });
      expect(edited!.metrics['accuracy']).toMatchObject({
        value: 1,
        n: 1,
        scorers: { firstToken: 1, wholeObject: 0, probability: 1 },
      });
    }
  });

  it('lets a greedy token of white space pass for the accuracy alone, in the paper protocol alone', async () => {
    const says = { 'People there speak': { ' ': 4, ' Latin': 3 }, 'In Rome they speak': { ' Latin': 3 } };
    const blank: World = {
      ...worldOf({ Compositionality_I: record.Compositionality_I.slice(0, 1) }, says, []),
      says: { ...edit, ...says, 'The capital of France is': { ' ': 4, ' Paris': 3, ' Rome': 1 } },
    };
    for (const [base, passes] of [
      ['paper', 1],
      ['strict', 0],
    ] as const) {
      const [none] = await rows(createProtocol(base, { keepEdits: 'all' }), blank);
      expect(valuesOf(none!)).toMatchObject({ accuracy: [passes, 1], compositionalityI: [0, 1] });
      const turned = createProtocol(base, { keepEdits: 'all', emptyTokenPasses: passes === 0 });
      const [other] = await rows(turned, blank);
      expect(valuesOf(other!)).toMatchObject({ accuracy: [1 - passes, 1], compositionalityI: [0, 1] });
    }
  });

  it('asks the first query, condition and answer of a test, in either protocol, whatever stands behind them', async () => {
    const several = (
      asked: readonly unknown[],
      conditions: readonly unknown[],
      test_condition: 'OR' | 'AND' = 'OR',
    ): unknown => ({ test_queries: asked, test_condition, condition_queries: conditions });
    const right = query('People there speak', 'Latin Vulgate');
    const wrong = query('Tourists there see', 'Colosseum');
    const known = query('In Rome they speak', 'Latin');
    const unknown = query('In Rome they see', 'Pantheon');
    const world = worldOf(
      {
        Compositionality_I: [
          several([right, wrong], [known], 'AND'),
          several([wrong, right], [known]),
          several([right], [known, unknown]),
          // The condition that holds is the second: left out.
          several([right], [unknown, known]),
          // The answer that is said is the second.
          several([query('People there speak', 'Greek', 'Latin')], [known]),
          // So it is in the condition: left out.
          several([right], [query('In Rome they speak', 'Greek', 'Latin')]),
        ],
      },
      {
        // Unedited, these are said as the edit would have it.
        'People there speak': { ' Latin': 3 },
        'Tourists there see': { ' Louvre': 3 },
        'In Rome they speak': { ' Latin': 3 },
        'In Rome they see': { ' Forum': 3 },
        Greek: {},
      },
      [],
    );
    for (const protocol of [paper, protocols.strict]) {
      const [, edited] = await rows(protocol, world);
      expect(valuesOf(edited!)).toMatchObject({ compositionalityI: [2 / 4, 4] });
      expect(edited!.filtered).toEqual({ 'compositionalityI: the condition query fails': 2 });
    }
  });
});
