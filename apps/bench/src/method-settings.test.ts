import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SuiteResult } from '@sakejs/evaluation';
import { describe, expect, it } from 'vitest';
import { bench, temporaryFolder } from '../test/bench.js';
import { tinyRun } from '../test/tiny-run.js';

const tiny = tinyRun();
const flags = (methods: string): string[] => [
  ...['run', '--model', tiny.model, '--records', tiny.records, '--methods', methods, '--json', '-'],
  ...['--protocol', 'strict', '--limit', '2', '--count', '10', '--threads', '1'],
];

describe('sake-bench run --set', () => {
  it(
    'gives methods settings in place of their own, and says so in their rows',
    { timeout: 120_000 },
    async () => {
      const journal = temporaryFolder();
      const settings = [
        '--set',
        'icl.wording=Mind that {statement}. ',
        '--set',
        'grace.radius={"ofNorm":0.2}',
      ];
      const own = await bench(...flags('icl,grace,ft'), '--journal', journal);
      const { status, out } = await bench(
        ...flags('icl,grace,ft'),
        ...['--journal', journal, '--workers', '2', '--set', 'grace.layer=0', ...settings],
      );
      expect([own.status, status]).toEqual([0, 0]);
      const { rows } = JSON.parse(out) as SuiteResult;
      expect(rows.map(({ method, learned }) => [method, learned])).toEqual([
        ['icl (wording Mind that {statement}. )', 2],
        ['grace (layer 0, radius {"ofNorm":0.2})', 2],
        ['ft', 2],
      ]);
      // A longer text in front of what is asked: the journal did not give the own wording's edits.
      const bytes = (result: string): unknown => (JSON.parse(result) as SuiteResult).rows[0]!.cost.bytes;
      expect(bytes(out)).not.toEqual(bytes(own.out));
    },
  );

  it('takes them from a grid too', { timeout: 120_000 }, async () => {
    const file = join(temporaryFolder(), 'bench.json');
    const grid = {
      models: [tiny.model],
      records: tiny.records,
      methods: ['ft'],
      count: 10,
      limit: 1,
      threads: 1,
    };
    writeFileSync(file, JSON.stringify({ ...grid, settings: { ft: { layer: 0, steps: 2 } } }));
    const { status, out } = await bench('run', '--config', file, '--json', '-');
    expect(status).toBe(0);
    expect((JSON.parse(out) as SuiteResult).rows[0]!.method).toBe('ft (layer 0, steps 2)');
    for (const [settings, message] of [
      [{ rome: { layer: 0 } }, /bench\.json: settings\.rome: .* that run \(ft\), got some of "rome"/],
      [{ ft: {} }, /bench\.json: settings\.ft: expected at least one setting/],
    ] as const) {
      writeFileSync(file, JSON.stringify({ ...grid, settings }));
      const refused = await bench('run', '--config', file);
      expect([refused.status, refused.err]).toEqual([3, expect.stringMatching(message)]);
    }
  });

  it.each<[string, string, RegExp]>([
    [
      'no assignment',
      'layer',
      /--set: expected <method>\.<setting>=<value>, such as rome\.layer=3, got \S?"layer\S?"/,
    ],
    ['no method', 'layer=3', /such as rome\.layer=3, got \S?"layer=3/],
    ['a method that does not run', 'rome.layer=1', /built-in methods that run \(ft\), got some of \S?"rome/],
    ['no method at all', 'none.layer=1', /got some of \S?"none/],
    ['what every object has', 'constructor.layer=1', /got some of \S?"constructor/],
    ['the prototype of all objects', '__proto__.layer=1', /got some of \S?"__proto__/],
    ['a part that is no setting', 'ft.name=sake', /got name, which is no setting/],
    ['a setting that there is not', 'ft.blocks=1', /ft.*blocks/],
    ['a value of another type', 'ft.layer=one', /layer/],
    [
      'a block that the model lacks',
      'ft.layer=2',
      /expected blocks of ft below 2, as many as the model has, got 2/,
    ],
  ])('refuses %s', async (_, setting, message) => {
    const { status, out } = await bench(...flags('ft'), '--set', setting);
    expect([status, out]).toEqual([2, expect.stringMatching(message)]);
  });
});
