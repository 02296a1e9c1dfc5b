import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bench, temporaryFolder } from '../../test/bench.js';
import { madeUpResult } from '../../test/result-file.js';

const scaling = {
  ...{ kind: 'scaling', asked: 20, records: 0, generated: 80, live: [1, 100] },
  results: [madeUpResult({ none: 0, sake: 18 }), madeUpResult({ none: 0, sake: 12 })],
};

describe('sake-bench plot', () => {
  it('draws what scaling and ablate wrote into one SVG file', async () => {
    const folder = temporaryFolder();
    const path = (name: string): string => join(folder, name);
    const ablation = { name: 'map', title: 'Map', axis: 'category', results: scaling.results.slice(1) };
    writeFileSync(path('scaling.json'), JSON.stringify(scaling));
    writeFileSync(path('ablation.json'), JSON.stringify([ablation]));
    const files = [path('scaling.json'), path('ablation.json')];
    const { status, out } = await bench('plot', ...files, '--out', path('plot.svg'));
    expect([status, out]).toEqual([0, `${path('plot.svg')}: Metrics by number of live edits, Map\n`]);
    const svg = readFileSync(path('plot.svg'), 'utf8');
    expect(svg).toContain('sake, 100 live: 60.0 [38.7 – 78.1], n = 20');
    expect(svg.match(/>accuracy<\/text>/g)).toHaveLength(2);
  });

  it('says of another file that it holds nothing to draw', async () => {
    const file = join(temporaryFolder(), 'other.json');
    writeFileSync(file, '{}');
    const { status, err } = await bench('plot', file, '--out', `${file}.svg`);
    expect([status, err]).toEqual([3, expect.stringContaining(file)]);
  });
});
