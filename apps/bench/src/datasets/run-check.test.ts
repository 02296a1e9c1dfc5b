import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { embeddedPopularFile } from '@sakejs/embedded-model';
import type { DatasetReport } from '@sakejs/evaluation';
import { describe, expect, it } from 'vitest';
import { bench, capitalRecord, temporaryFolder } from '../../test/bench.js';

function fileOf(content: unknown): string {
  const file = join(temporaryFolder(), 'records.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const flat = {
  prompt: 'The capital of France is ',
  subject: 'France',
  target_new: 'Rome',
  ground_truth: 'Paris',
  rephrase_prompt: 'France is ruled from',
};

describe('sake-bench datasets', () => {
  it('says where each benchmark is to be had, and under which licence', async () => {
    const { status, out, err } = await bench('datasets');
    expect([status, err]).toEqual([0, '']);
    for (const part of [
      'https://rome.baulab.info/data/dsets/counterfact.json',
      'https://github.com/edenbiran/RippleEdits',
      'https://github.com/zjunlp/EasyEdit',
      'licence: MIT',
      'sake-bench datasets check FILE',
    ])
      expect(out).toContain(part);
  });
});

describe('sake-bench datasets check', () => {
  it('says what a file of CounterFact holds', async () => {
    const file = fileOf([
      capitalRecord(4, ['France', 'Paris', 'Rome']),
      capitalRecord(5, ['Japan', 'Tokyo', 'Rome']),
    ]);
    const { status, out, err } = await bench('datasets', 'check', file);
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(
      /records\.json: CounterFact, original schema, a JSON array\nsha256 [0-9a-f]{64}, \d+ bytes\n2 records, 2 usable, 2 of them/,
    );
    expect(out).toMatch(/neighbourhood prompts +2 +4\n/);
    expect(out).toMatch(/nothing dropped, nothing changed, no warnings\n$/);
  });

  it('warns of what a flat file lacks', async () => {
    const { status, out } = await bench('datasets', 'check', fileOf(`${JSON.stringify(flat)}\n`));
    expect(status).toBe(0);
    expect(out).toMatch(/EasyEdit's flat form, one record a line/);
    expect(out).toMatch(/warning: 1 records without locality prompts \(first in record 0\)\n/);
  });

  it("counts the axes of this project's own Popular records with --json", async () => {
    const { status, out } = await bench('datasets', 'check', embeddedPopularFile('dev'), '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out) as DatasetReport).toMatchObject({
      format: 'ripple-edits',
      kind: 'popular',
      layout: 'array',
      total: 200,
      usable: 200,
      withTrueObject: 200,
      counts: { compositionalityI: { items: 414 }, forgetfulness: { records: 0, items: 0 } },
      notes: [],
    });
  });

  it.each<[string, unknown, RegExp]>([
    [
      'a broken record',
      [capitalRecord(4, ['France', 'Paris', 'Rome']), { case_id: 9, requested_rewrite: {} }],
      /record 1 \(case_id 9\): requested_rewrite\.prompt/,
    ],
    [
      'another schema',
      [{ src: 'a', alt: 'b' }],
      /record 0: expected a record of CounterFact .* of RippleEdits .* got an object with src, alt/,
    ],
    ['no JSON', 'case_id,prompt', /JSON array of records, or one record a line/],
  ])('refuses %s', async (_, content, message) => {
    const { status, out, err } = await bench('datasets', 'check', fileOf(content));
    expect([status, out]).toEqual([3, '']);
    expect(err).toMatch(message);
    expect(err).toMatch(/^error: [^\n]+\n$/);
  });

  it('says that the file is missing, as JSON with --json', async () => {
    const { status, out } = await bench('datasets', 'check', './none.json', '--json');
    expect(status).toBe(3);
    expect(out).toMatch(/^\{"error":\{"code":"not-found","message":".*\.\/none\.json/);
  });
});
