import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bench, temporaryFolder } from '../../test/bench.js';
import { tinyRun } from '../../test/tiny-run.js';
import type { ScalingResult } from './scaling-result.js';

const tiny = tinyRun();
const small = (...flags: string[]): string[] => ['scaling', ...tiny.flags, '--limit', '2', ...flags];

describe('sake-bench scaling', () => {
  it(
    'asks the same cases with more and more edits live, as JSON and as a plot',
    { timeout: 120_000 },
    async () => {
      const folder = temporaryFolder();
      const [json, journal] = [join(folder, 'scaling.json'), join(folder, 'journal')];
      const flags = ['--live', '6,1,2', '--json', json, '--journal', journal];
      const ran = await bench(...small(...flags));
      expect(ran.status).toBe(0);
      // The third record, and three of the tables' facts.
      expect(ran.err).toContain('3 of 6 edits are of requests generated from fact tables');
      const scaling = JSON.parse(readFileSync(json, 'utf8')) as ScalingResult;
      expect(scaling).toMatchObject({ asked: 2, records: 1, generated: 3, live: [1, 2, 6] });
      expect(scaling.results.map(({ protocol }) => protocol)).toEqual(
        [1, 2, 6].map((size) => `strict liveAtOnce=${size}`),
      );
      for (const { rows } of scaling.results)
        for (const { metrics } of rows) expect(metrics['accuracy']!.n).toBe(2);
      expect(ran.out).toMatch(/\nuniform-paper, 6 live +\d/);
      const printed = await bench('table', json, '--format', 'markdown');
      expect(printed.out).toMatch(/^CounterFact by the number of edits that are live: 2 cases asked/);
      expect(printed.out.match(/\| uniform-paper, \d live \|/g)).toHaveLength(3);
      expect((await bench('table', json, '--metrics', 'accuracy', '--format', 'latex')).out).toMatch(
        /uniform-paper, 6 live & \d/,
      );

      const again = await bench(...small(...flags));
      expect(again.err).toMatch(/goes on with \d+ finished units/);
      expect(again.out).toBe(ran.out);

      const html = join(folder, 'r.html');
      const results = join(folder, 'results.json');
      expect((await bench('run', ...tiny.flags, '--limit', '1', '--json', results)).status).toBe(0);
      expect((await bench('report', results, '--ablation', json, '--out', html)).status).toBe(0);
      expect(readFileSync(html, 'utf8')).toContain('Metrics by number of live edits');

      writeFileSync(json, JSON.stringify({ ...scaling, live: [1, 2] }));
      const refused = await bench('report', results, '--ablation', json, '--out', html);
      expect(refused.status).toBe(3);
      expect(refused.err).toContain('expected a result for each of 2 numbers of live edits, got 3');

      const [one, two, three] = scaling.results;
      for (const [damaged, message] of [
        [{ live: [] }, /scaling\.json: live: /],
        [{ results: [one, two, { ...three!, rows: three!.rows.slice(1) }] }, /rows of the same methods/],
      ] as const) {
        writeFileSync(json, JSON.stringify({ ...scaling, ...damaged }));
        const read = await bench('table', json);
        expect([read.status, read.err]).toEqual([3, expect.stringMatching(message)]);
      }
    },
  );

  it('says how many edits there are when more are asked for', async () => {
    const { status, err } = await bench(...small('--live', '1,1000000'));
    expect(status).not.toBe(0);
    expect(err).toMatch(
      /expected 1000000 edits of different subjects, got 2 that are asked, 1 further records and \d+ requests generated/,
    );
  });

  it('refuses numbers that are none, or stand twice', async () => {
    for (const live of ['0', 'x', '1,1', '']) {
      const { status, err } = await bench(...small('--live', live));
      expect([live, status]).toEqual([live, 2]);
      expect(err).toContain('--live');
    }
  });
});
