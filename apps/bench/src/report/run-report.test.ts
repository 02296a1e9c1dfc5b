import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { protocols, type QueryRecord } from '@sakejs/evaluation';
import type { ActivationPicture } from '@sakejs/report';
import { describe, expect, it } from 'vitest';
import { bench, temporaryFolder } from '../../test/bench.js';
import { madeUpResult } from '../../test/result-file.js';
import { tinyRun } from '../../test/tiny-run.js';

const outcome = (value: number, fired: 'own' | 'none', distance: number): object => ({
  firstToken: null,
  wholeObject: null,
  probability: null,
  value,
  answer: 'Rome',
  before: 'Paris',
  fired,
  distance,
  open: { value: 1 },
});

const query = (metric: string, sake: object): object => ({
  case: 0,
  metric,
  prompt: `<b>${metric}</b></script>`,
  wanted: ['Rome'],
  outcomes: { sake },
});

const result = madeUpResult(
  { sake: 20 },
  {
    protocol: 'strict',
    protocolSettings: protocols.strict,
    queries: [
      query('accuracy', outcome(1, 'own', 0.5)),
      query('specificity', outcome(1, 'none', 1.5)),
    ] as QueryRecord[],
  },
);

/** A folder with these files in it, by path. */
function folderWith(files: Readonly<Record<string, unknown>>): (name: string) => string {
  const folder = temporaryFolder();
  const path = (name: string): string => join(folder, name);
  for (const [name, content] of Object.entries(files))
    writeFileSync(path(name), typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const tiny = tinyRun();

describe('sake-bench report', () => {
  it('draws what ablate wrote, with the thresholds that it swept', async () => {
    const { queries: _queries, ...plain } = result;
    const path = folderWith({
      'a.json': [plain],
      'ablation.json': [
        { name: 'threshold', title: 'Threshold of the gate', axis: 'category', results: [result] },
      ],
    });
    const { status, err } = await bench(
      ...['report', path('a.json'), '--ablation', path('ablation.json'), '--out', path('r.html')],
    );
    expect([status, err]).toEqual([0, '']);
    const html = readFileSync(path('r.html'), 'utf8');
    expect(html).toContain('<h3>Threshold of the gate</h3>');
    expect(html).toContain('id="tradeoff"');
  });

  it('makes one file of tables, trade-off and viewer', async () => {
    const path = folderWith({ 'a.json': result, 'b.json': [result] });
    const { status, out, err } = await bench(
      'report',
      path('a.json'),
      path('b.json'),
      ...['--out', path('r.html'), '--title', 'A <title>'],
    );
    expect([status, err]).toEqual([0, '']);
    expect(out).toContain('2 tables');
    const html = readFileSync(path('r.html'), 'utf8');
    expect(html).toContain('<title>A &lt;title&gt;</title>');
    expect(html).toContain('id="tradeoff"');
    expect(html).not.toContain('<b>accuracy</b>');
  });

  it('draws the activations that run wrote', { timeout: 60_000 }, async () => {
    const path = folderWith({});
    const pictured = ['--activations', path('picture.json')];
    const run = await bench('run', ...tiny.flags, '--json', path('r.json'), ...pictured);
    expect([run.status, run.err]).toEqual([0, '']);
    const [picture] = JSON.parse(readFileSync(path('picture.json'), 'utf8')) as [ActivationPicture];
    expect(picture.edit).toBe('France: Paris → Rome');
    const groups = (['source', 'target', 'mapped'] as const).map(
      (group) => picture.points.filter((point) => point.group === group).length,
    );
    expect(groups).toEqual([10, 10, 10]);
    const { status, err } = await bench('report', path('r.json'), ...pictured, '--out', path('r.html'));
    expect([status, err]).toEqual([0, '']);
    expect(readFileSync(path('r.html'), 'utf8')).toContain('id="activations"');
  });

  it('takes a picture of methods that map activations alone', async () => {
    const path = folderWith({});
    const flags = ['--methods', 'none,icl', '--activations', path('picture.json')];
    const { status, err } = await bench('run', ...tiny.flags, ...flags);
    expect(status).toBe(2);
    expect(err).toMatch(
      /expected a method that maps activations \(sake, .*\) for --activations, got none, icl/,
    );
  });

  it('says which file is missing, no JSON or no result', async () => {
    const path = folderWith({ 'broken.json': '{', 'other.json': { suite: 3 } });
    const run = async (name: string): Promise<string> => {
      const { status, err } = await bench('report', path(name), '--out', path('r.html'));
      return `${status} ${err}`;
    };
    expect(await run('absent.json')).toMatch(/^3 .*got ENOENT for .*absent\.json/);
    expect(await run('broken.json')).toMatch(/^3 .*expected JSON in .*broken\.json/);
    expect(await run('other.json')).toMatch(
      /^3 .*other\.json: expected results, got 0\.suite: .*and \d+ more/,
    );
  });
});
