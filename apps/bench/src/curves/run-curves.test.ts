import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyModel } from 'sakejs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bench, capitalRecord, temporaryFolder } from '../../test/bench.js';
import type { CurveResult } from './run-curves.js';

let model: string;
beforeAll(async () => {
  model = await writeTinyModel(mkdtempSync(join(tmpdir(), 'sake-bench-model-')));
});
afterAll(() => rmSync(model, { recursive: true, force: true }));

/** Records of three states, and a file with 14 prompts for the first and 12 for the second. */
function files(): { records: string; prompts: string } {
  const folder = temporaryFolder();
  const records = [
    capitalRecord(4, ['France', 'Paris', 'Rome']),
    capitalRecord(5, ['Japan', 'Tokyo', 'Rome']),
    capitalRecord(6, ['Peru', 'Lima', 'Rome']),
  ];
  const numbered = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `On page ${index} the atlas marks for {} the city of`);
  const prompts = [
    { subject: 'France', prompts: numbered(14) },
    { subject: 'Japan', prompts: numbered(12) },
  ];
  writeFileSync(join(folder, 'records.json'), JSON.stringify(records));
  writeFileSync(join(folder, 'mine.json'), JSON.stringify(prompts));
  return { records: join(folder, 'records.json'), prompts: join(folder, 'mine.json') };
}

const small = (records: string): string[] => [
  ...['curves', '--model', model, '--records', records, '--methods', 'sake-paper', '--sizes', '5,10,20'],
];

describe('sake-bench curves', { timeout: 300_000 }, () => {
  it('measures every size of every source on the records that all of them serve', async () => {
    const { records, prompts } = files();
    const ran = await bench(...small(records), '--sources', `template,${prompts}`, '--json', '-');
    expect([ran.status, ran.err]).toEqual([0, '']);
    const { edits, points } = JSON.parse(ran.out) as CurveResult;
    expect(edits).toBe(2);
    // The file has 13 prompts for Japan, the request's own among them.
    expect(points.map(({ source, prompts: size }) => [source, size])).toEqual([
      ['template', 5],
      ['template', 10],
      ['template', 20],
      [prompts, 5],
      [prompts, 10],
      [prompts, 13],
    ]);
    for (const { metrics, learned } of points) {
      expect(learned).toBe(2);
      expect(metrics['accuracy']!.n).toBe(2);
      expect(metrics['generality']!.n).toBe(2);
    }
  });

  it('prints a row a point', async () => {
    const { records } = files();
    const { status, out } = await bench(
      ...small(records),
      '--sources',
      'template',
      '--sizes',
      '10,5',
      '--limit',
      '1',
    );
    expect(status).toBe(0);
    expect(out).toMatch(/^accuracy and generality by number of prompts.*: 1 edits, nested subsets, seed 0\n/);
    expect(out).toMatch(/\ntemplate +5 +sake-paper .*\ntemplate +10 +sake-paper /);
  });

  it('says which points are of edits that could not be learned, and why', async () => {
    const { records } = files();
    // A model of random weights obeys no steering context, and `sake` wants eight that it obeys.
    const argv = [...small(records), '--sources', 'template', '--sizes', '10', '--limit', '1'];
    const { status, out } = await bench(...argv, '--methods', 'sake');
    expect(status).toBe(0);
    expect(out).toMatch(/\ntemplate +10 +sake .* 0 of 1 /);
    expect(out).toMatch(
      /\ntemplate 10 sake: 1 of 1 edits could not be learned and count as unedited\. The first: record 0 .*at least 8 steering contexts/,
    );
    const json = await bench(...argv, '--methods', 'sake', '--json', '-');
    const [point] = (JSON.parse(json.out) as CurveResult).points;
    expect(point).toMatchObject({ learned: 0, notLearned: expect.stringMatching(/got \d of 10/) });
  });

  it('says when no record has prompts of every source', async () => {
    const { records, prompts } = files();
    const { status, err } = await bench(...small(records), '--sources', prompts, '--sizes', '16');
    expect(status).toBe(4);
    expect(err).toMatch(/expected a record with 16 prompts of every source, got none of 3/);
  });

  it('refuses sizes and sources that cannot be', async () => {
    for (const argv of [
      ['--sizes', '0'],
      ['--sizes', 'many'],
      ['--sources', 'template,template'],
      ['--methods', 'none'],
    ])
      expect((await bench('curves', ...argv)).status).toBe(2);
  });
});
