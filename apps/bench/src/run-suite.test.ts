import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedFacts, type EmbeddedFact } from '@sakejs/embedded-model';
import type { SuiteResult } from '@sakejs/evaluation';
import { writeTinyModel } from 'sakejs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bench, capitalRecord, temporaryFolder } from '../test/bench.js';

const france = capitalRecord(4, ['France', 'Paris', 'Rome']);
const japan = capitalRecord(5, ['Japan', 'Tokyo', 'Rome']);
/** A relation that the template source has no phrasings of. */
const unknown = capitalRecord(6, ['Peru', 'Lima', 'Rome'], 'P9999999');

let model: string;
beforeAll(async () => {
  model = await writeTinyModel(mkdtempSync(join(tmpdir(), 'sake-bench-model-')));
});
afterAll(() => rmSync(model, { recursive: true, force: true }));

/** A file that holds these records, or this text. */
function recordsFile(content: unknown): string {
  const file = join(temporaryFolder(), 'records.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

/** Flags of a small run: the paper's method learns from every target row, also of a model that obeys nothing. */
const small = (records: unknown): string[] => [
  ...['run', '--model', model, '--records', recordsFile(records)],
  ...['--methods', 'none,sake-paper', '--count', '10'],
];

const json = (text: string): SuiteResult => JSON.parse(text) as SuiteResult;

describe('sake-bench run', () => {
  it('prints the table', async () => {
    const { status, out, err } = await bench(...small([france, japan]));
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^CounterFact, paper protocol, each edit alone: 2 edits, 10 template prompts each, seed 0\n/,
    );
    expect(out).toMatch(/\nnone +\S+ \[.*\] n=2 .* 0 +- +- +- +\d/);
    expect(out).toMatch(/\nsake-paper +\S+ \[.*\] n=2 .* 2 +[\d.]+ +\d+ +\d+ +\d/);
  });

  it('prints nothing but JSON with --json -', async () => {
    const { status, out, err } = await bench(...small([france]), '--json', '-', '--seed', '3');
    expect([status, err]).toEqual([0, '']);
    const share = {
      value: expect.any(Number),
      n: expect.any(Number),
      interval: [expect.any(Number), expect.any(Number)],
    };
    expect(json(out)).toMatchObject({
      suite: 'counterfact',
      protocol: 'paper',
      model,
      edits: 1,
      seed: 3,
      rows: ['none', 'sake-paper'].map((method) => ({
        method,
        metrics: {
          accuracy: { ...share, n: 1 },
          generality: { ...share, n: 1 },
          specificity: expect.any(Object),
        },
        filtered: expect.any(Object),
        warnings: [],
        seconds: expect.any(Number),
      })),
    });
  });

  it('writes the JSON into a file beside the table', async () => {
    const file = join(temporaryFolder(), 'result.json');
    const { out } = await bench(...small([france]), '--json', file);
    expect(out).toMatch(/^CounterFact/);
    expect(json(readFileSync(file, 'utf8')).edits).toBe(1);
  });

  it('takes the first N records in file order', async () => {
    const { out } = await bench(...small([japan, france, unknown]), '--limit', '1', '--json', '-');
    expect(json(out)).toMatchObject({ edits: 1, data: { records: 3 } });
    expect(json(out).rows[1]!.warnings).toEqual([]);
  });

  it('takes only records of facts that the embedded model was taught with --covered', async () => {
    const [{ relation, subject, object }] = embeddedFacts() as [EmbeddedFact];
    const known = capitalRecord(7, [subject, object, 'Rome'], relation);
    const { status, out } = await bench(...small([unknown, known, unknown]), '--covered', '--json', '-');
    expect(status).toBe(0);
    expect(json(out)).toMatchObject({
      edits: 1,
      data: { records: 3, name: expect.stringMatching(/covered$/) },
    });
  });

  it('says that no record is covered', async () => {
    const { status, err } = await bench(...small([unknown]), '--covered');
    expect(status).toBe(4);
    expect(err).toMatch(/facts that the embedded model was taught, got none among 1/);
  });

  it('runs both protocols on edits that it learns once', async () => {
    const { out } = await bench(...small([france, japan]), '--protocol', 'paper,strict');
    expect(out).toMatch(
      /paper protocol, each edit alone[^]*\n\nCounterFact, strict protocol, all edits live/,
    );
    const both = await bench(...small([france]), '--protocol', 'strict,paper', '--json', '-');
    const results = JSON.parse(both.out) as SuiteResult[];
    expect(results.map(({ protocol }) => protocol)).toEqual(['strict', 'paper']);
  });

  it('runs the strict protocol', async () => {
    const { out } = await bench(...small([france, japan]), '--protocol', 'strict');
    expect(out).toMatch(/strict protocol, all edits live/);
    expect(out).toMatch(/first token \/ whole object \/ probability/);
  });

  it('keeps a record of an unknown relation in the table, unedited, and warns', async () => {
    const { status, out } = await bench(...small([france, unknown]), '--json', '-');
    const row = json(out).rows[1]!;
    expect(status).toBe(0);
    expect(row).toMatchObject({ learned: 1, metrics: { accuracy: { n: 2 } } });
    expect(row.warnings).toEqual([
      expect.stringMatching(/^record 1 \(case_id 6\) was not learned .*P9999999.*expert file/),
    ]);
  });

  it('ends with a remedy when every relation is unknown', async () => {
    const { status, out } = await bench(...small([unknown]), '--json', '-');
    expect(status).toBe(4);
    expect(out).toMatch(/^\{"error":\{"code":"not-enough-data","message":".*hand-written prompts.*P9999999/);
  });

  it('runs records of an unknown relation with hand-written prompts', async () => {
    const prompts = join(temporaryFolder(), 'prompts.txt');
    const texts = Array.from({ length: 12 }, (_, i) => `In the year ${1900 + i}, {} was ruled from`);
    writeFileSync(prompts, texts.join('\n'));
    const { out } = await bench(...small([unknown]), '--prompts', prompts, '--json', '-');
    expect(json(out).rows[1]).toMatchObject({ learned: 1, warnings: [] });
  });

  it.each<[string, unknown, RegExp]>([
    ['an empty file', '', /records\.json: .*empty file/],
    ['no records', [], /at least one record/],
    ['no JSON', '[{', /does not parse/],
    [
      'a record without paraphrases',
      [france, { ...japan, paraphrase_prompts: [] }],
      /record 1 \(case_id 5\): paraphrase_prompts/,
    ],
  ])('refuses %s', async (_, records, message) => {
    const { status, out, err } = await bench(...small(records));
    expect([status, out]).toEqual([3, '']);
    expect(err).toMatch(message);
    expect(err).toMatch(/^error: [^\n]+\n$/);
  });

  it.each([
    [
      'an unknown method',
      ['--methods', 'none,no-such-method'],
      2,
      /--methods: expected names among none, sake, sake-paper/,
    ],
    ['a method twice', ['--methods', 'none,none'], 2, /got none twice/],
    ['another suite', ['--suite', 'zsre'], 2, /--suite: expected names among counterfact, popular/],
    ['another protocol', ['--protocol', 'loose'], 2, /--protocol: expected names among paper, strict/],
    ['a limit of 0', ['--limit', '0'], 2, /--limit: expected a whole number of at least 1/],
    ['a seed that is no number', ['--seed', 'x'], 2, /--seed: expected a whole number/],
    ['missing records', ['--records', './none.json'], 3, /file of records at \.\/none\.json/],
    ['a missing model', ['--model', './nowhere'], 3, /model folder/],
    ['a result file in no folder', ['--json', './nowhere/result.json'], 3, /expected to write \.\/nowhere/],
    ['an unknown flag', ['--fast'], 2, /unknown option '--fast'/],
  ])('refuses %s before it learns', async (_, flags, code, message) => {
    const { status, out, err } = await bench(...small([france]), ...flags);
    expect([status, out]).toEqual([code, '']);
    expect(err).toMatch(message);
    expect(err).toMatch(/^error: [^\n]+\n$/);
  });

  it('helps', async () => {
    const { status, out } = await bench('run', '--help');
    expect(status).toBe(0);
    expect(out).toMatch(
      /--model .*--dtype .*--device .*--suite .*--methods .*--protocol .*--limit .*--records .*--seed .*--json/s,
    );
  });
});
