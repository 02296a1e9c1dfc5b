import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bytesOf, rippleExample, rippleQuery, rippleTest } from '../../test/dataset-files.js';
import { isCounterfactual, rippleEditsAxes, type RippleEditsDataset } from './ripple-edits-record.js';
import { parseRippleEdits, readRippleEdits, type ReadRippleEditsOptions } from './ripple-edits.js';

type Example = ReturnType<typeof rippleExample>;
const parse = (
  change: (record: Example) => void = () => undefined,
  options: ReadRippleEditsOptions = {},
): RippleEditsDataset => {
  const record = rippleExample();
  change(record);
  return parseRippleEdits(bytesOf([record]), { name: 'popular.json', ...options });
};
const noted = ({ notes }: RippleEditsDataset): string[] =>
  notes.map(({ kind, what, count }) => `${kind}: ${count} ${what}`);
/** Takes the labels away, as the published files have it. */
const unlabel = ({ edit }: Example): void => {
  delete edit.subject_label;
  delete edit.target_label;
  delete (edit.original_fact as Record<string, unknown>).target_label;
};
const oneLetter = 'odd: 2 aliases of one character';

describe('parseRippleEdits', () => {
  it('gives the edit, the fact that it replaces and the tests of every axis', () => {
    const dataset = parse();
    expect(dataset).toMatchObject({
      name: 'popular.json',
      total: 1,
      format: 'ripple-edits',
      kind: 'popular',
    });
    expect(dataset.sha256).toMatch(/^[0-9a-f]{64}$/);
    const [record] = dataset.records;
    expect(record).toMatchObject({
      index: 0,
      type: 'popular',
      statement: 'The name of the capital city of Peru is Oslo.',
      request: {
        subject: 'Peru',
        prompt: 'The name of the capital city of {} is',
        targetTrue: 'Lima',
        targetNew: 'Oslo',
        relation: 'CAPITAL',
      },
      originalFact: { prompt: 'The name of the capital city of Peru is Lima.', object: 'Lima' },
    });
    expect(record!.tests.compositionalityI).toEqual([
      {
        queries: [
          {
            prompt: 'The river at the capital city of Peru is',
            answers: [{ value: 'Akerselva', aliases: ['the Aker', 'A', '7'] }],
          },
        ],
        conditions: [{ prompt: 'The river at Oslo is', answers: [{ value: 'Akerselva', aliases: [] }] }],
        testCondition: 'OR',
      },
    ]);
    expect(rippleEditsAxes.map((axis) => record!.tests[axis].length)).toEqual([1, 0, 1, 2, 0, 0]);
    expect(noted(dataset)).toEqual([oneLetter]);
  });

  it('keeps one-letter aliases, or drops those that are no numbers', () => {
    const dataset = parse(undefined, { minAliasLength: 2 });
    expect(dataset.records[0]!.tests.compositionalityI[0]!.queries[0]!.answers[0]!.aliases).toEqual([
      'the Aker',
      '7',
    ]);
    expect(noted(dataset)).toEqual([
      'dropped: 1 aliases of fewer than 2 characters',
      'odd: 1 aliases of one character',
    ]);
  });

  it('takes both spellings of Relation_Specificity, and both of them at once', () => {
    const dataset = parse((record) => {
      const [first, second] = record.Relation_Specificity as unknown[];
      record.Relation_Specificity = [first];
      record.Relation_Specifity = [second];
    });
    expect(dataset.records[0]!.tests.relationSpecificity).toHaveLength(2);
    const only = parse((record) => {
      record.Relation_Specifity = record.Relation_Specificity;
      delete record.Relation_Specificity;
    });
    expect(only.records[0]!.tests.relationSpecificity).toHaveLength(2);
  });

  it('reads labels off the sentences where the file has only ids', () => {
    const dataset = parse(unlabel);
    expect(dataset.records[0]).toMatchObject({
      request: {
        subject: 'Peru',
        prompt: 'The name of the capital city of {} is',
        targetTrue: 'Lima',
        targetNew: 'Oslo',
      },
      originalFact: { object: 'Lima' },
    });
    expect(noted(dataset)).toEqual(['changed: 1 edits whose subject was read off their sentence', oneLetter]);
  });

  it('cuts objects that begin alike where the phrase ends', () => {
    const dataset = parse((record) => {
      unlabel(record);
      record.edit.target_id = 'Q1';
      record.edit.prompt = 'The name of the capital city of Peru is New Oslo.';
      (record.edit.original_fact as Record<string, unknown>).prompt =
        'The name of the capital city of Peru is New Lima.';
      record.Subject_Aliasing = [];
      record.Relation_Specificity = (record.Relation_Specificity as unknown[]).slice(0, 1);
    });
    expect(dataset.records[0]!.request).toMatchObject({ targetNew: 'New Oslo', targetTrue: 'New Lima' });
  });

  it('asks for labels before it reads them off', () => {
    const labels = (id: string): string | undefined => ({ Q419: 'Peru' })[id];
    expect(noted(parse(unlabel, { labels }))).toEqual([oneLetter]);
  });

  it('drops and counts an edit whose subject nothing tells', () => {
    const dataset = parse((record) => {
      unlabel(record);
      record.Relation_Specificity = [];
    });
    expect([dataset.total, dataset.records]).toEqual([1, []]);
    expect(noted(dataset)).toEqual(['dropped: 1 edits whose subject has no label that their sentence holds']);
  });

  it('gives an edit of RECENT without a true object', () => {
    const dataset = parse((record) => {
      record.example_type = 'recently_added_fact';
      delete record.edit.original_fact;
    });
    const [record] = dataset.records;
    expect(dataset.kind).toBe('recent');
    expect(isCounterfactual(record!)).toBe(false);
    expect(record!.request).toEqual({
      subject: 'Peru',
      prompt: 'The name of the capital city of {} is',
      targetNew: 'Oslo',
      relation: 'CAPITAL',
    });
  });

  it.each([
    ['random', 'random', 'random'],
    [' RANDOM ', 'random', 'random'],
    ['popular', 'popular', 'popular'],
    ['recent', 'recent', 'recent'],
    ['recently_added_fact', 'recent', 'recent'],
    // Either subset has records of this name before the file is split.
    ['counter_fact', undefined, undefined],
  ])('takes example_type %j for type %s of a dataset of kind %s', (name, type, kind) => {
    const dataset = parse((record) => (record.example_type = name));
    expect([dataset.records[0]!.type, dataset.kind]).toEqual([type, kind]);
    expect(noted(dataset)).toEqual([oneLetter]);
  });

  it('calls a dataset of several types mixed', () => {
    const records = ['random', 'popular'].map((name) => ({ ...rippleExample(), example_type: name }));
    const { kind, records: read } = parseRippleEdits(bytesOf(records));
    expect([kind, read.map(({ type }) => type)]).toEqual(['mixed', ['random', 'popular']]);
  });

  it('treats an edit whose original object has no label as one without a true object', () => {
    const dataset = parse((record) => {
      unlabel(record);
      (record.edit.original_fact as Record<string, unknown>).prompt =
        'The name of the capital city of Peru is .';
    });
    expect(isCounterfactual(dataset.records[0]!)).toBe(false);
    expect(noted(dataset)).toContain('odd: 1 edits whose original object has no label');
  });

  it('takes previous_fact for original_fact', () => {
    const dataset = parse(({ edit }) => {
      edit.previous_fact = edit.original_fact;
      delete edit.original_fact;
    });
    expect(isCounterfactual(dataset.records[0]!)).toBe(true);
  });

  it('drops tests without answers, and keeps conditions without answers, which never hold', () => {
    const dataset = parse((record) => {
      record.Logical_Generalization = [rippleTest(rippleQuery('Oslo is the capital of', []))];
      record.Subject_Aliasing = [
        rippleTest(rippleQuery('PE is ruled from ', [{ value: 'Oslo' }]), [rippleQuery('PE is', [])]),
      ];
    });
    const { tests } = dataset.records[0]!;
    expect(tests.logicalGeneralization).toEqual([]);
    expect(tests.subjectAliasing).toEqual([
      {
        queries: [{ prompt: 'PE is ruled from', answers: [{ value: 'Oslo', aliases: [] }] }],
        conditions: [{ prompt: 'PE is', answers: [] }],
        testCondition: 'OR',
      },
    ]);
    expect(noted(dataset)).toEqual([
      'dropped: 1 tests without an answer',
      'changed: 1 prompts: white space at the end cut',
      oneLetter,
      'odd: 1 conditions without an answer, which never hold',
    ]);
  });

  const unresolved = (record: Example): void => {
    record.Compositionality_I = [
      rippleTest(
        rippleQuery('The river at the capital city of Peru is', [
          { value: 'Q42', aliases: ['Q43', 'the Aker'] },
        ]),
      ),
      rippleTest(rippleQuery('The lake at the capital city of Peru is', [{ value: 'Q44', aliases: [] }])),
    ];
  };

  it('drops ids in the place of labels, an alias taking the place', () => {
    const dataset = parse(unresolved);
    expect(dataset.records[0]!.tests.compositionalityI.map(({ queries }) => queries[0]!.answers)).toEqual([
      [{ value: 'the Aker', aliases: [] }],
    ]);
    expect(noted(dataset)).toEqual([
      'dropped: 1 aliases without a label',
      'dropped: 1 answers without a label',
      'dropped: 1 tests without an answer',
      'changed: 1 answers without a label: an alias took its place',
    ]);
  });

  it('resolves ids, or keeps them', () => {
    const labels = (id: string): string | undefined => (id === 'Q44' ? 'Maridal' : undefined);
    const resolved = parse(unresolved, { labels }).records[0]!.tests.compositionalityI;
    expect(resolved[1]!.queries[0]!.answers).toEqual([{ value: 'Maridal', aliases: [] }]);
    const kept = parse(unresolved, { unresolved: 'keep' });
    expect(kept.records[0]!.tests.compositionalityI[0]!.queries[0]!.answers).toEqual([
      { value: 'Q42', aliases: ['Q43', 'the Aker'] },
    ]);
    expect(noted(kept)).toEqual(['odd: 3 ids in the place of labels']);
  });

  it.each<[string, (record: Example) => void, RegExp]>([
    [
      'no edit',
      (record) => delete (record as Partial<Example>).edit,
      /record 0: expected a record of RippleEdits with edit/,
    ],
    ['an edit without a prompt', ({ edit }) => delete edit.prompt, /record 0: edit\.prompt/],
    ['an axis that is no list', (record) => (record.Forgetfulness = 7), /record 0: Forgetfulness/],
    [
      'another condition',
      (record) => ((record.Subject_Aliasing as Example[])[0]!.test_condition = 'XOR'),
      /Subject_Aliasing\.0\.test_condition: expected OR or AND/,
    ],
    [
      'a query without a prompt',
      (record) => (record.Forgetfulness = [rippleTest({ answers: [] })]),
      /Forgetfulness\.0\.test_queries\.0\.prompt/,
    ],
  ])('names file, record and field for %s', (_, change, message) => {
    expect(() => parse(change)).toThrow(message);
    expect(() => parse(change)).toThrow(/^parseRippleEdits: popular\.json: /);
  });

  it('names the case_id where there is one', () => {
    expect(() => parse((record) => Object.assign(record, { case_id: 31, Forgetfulness: 7 }))).toThrow(
      /record 0 \(case_id 31\): Forgetfulness/,
    );
  });

  it('refuses options out of range', () => {
    expect(() => parse(undefined, { minAliasLength: 0 })).toThrow(/minAliasLength of at least 1, got 0/);
    expect(() => parse(undefined, { limit: 1.5 })).toThrow(/limit of at least 1, got 1.5/);
  });
});

describe('readRippleEdits', () => {
  it.each([
    ['dev', [414, 358, 268, 446, 48, 0]],
    ['test', [400, 338, 276, 454, 50, 0]],
  ])(
    "reads this project's own popular-%s.json whole, with nothing to note",
    (split, counts) => {
      const file = new URL(`../../../embedded-model/records/popular-${split}.json`, import.meta.url).pathname;
      const { records, total, notes, kind } = readRippleEdits(file);
      expect([total, records.length, kind, notes]).toEqual([200, 200, 'popular', []]);
      expect(
        rippleEditsAxes.map((axis) => records.reduce((sum, { tests }) => sum + tests[axis].length, 0)),
      ).toEqual(counts);
      expect(records.every(isCounterfactual)).toBe(true);
      const aliasing = records.flatMap(({ tests }) => tests.subjectAliasing);
      expect(aliasing.every(({ alias }) => alias !== undefined)).toBe(true);
      const raw = JSON.parse(readFileSync(file, 'utf8')) as { case_id: number }[];
      expect(records.map(({ caseId }) => caseId)).toEqual(raw.map(({ case_id: id }) => id));
    },
    120_000,
  );

  it('says which file is missing', () => {
    expect(() => readRippleEdits('/nowhere/popular.json')).toThrow(/\/nowhere\/popular\.json/);
  });
});
