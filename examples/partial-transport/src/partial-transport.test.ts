import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { fromRows } from '@sakejs/spec';
import { describeEditMethod } from '@sakejs/spec/testing';
import { meanShift } from '@sakejs/transport';
import { embeddedFixture } from 'sakejs/testing';
import { describe, expect, it } from 'vitest';
import partialTransport, { partWay } from './partial-transport.js';

// All that a method has to keep: learn, apply, undo, coexist, survive a file, refuse nonsense.
describeEditMethod('partialTransport', () => embeddedFixture(partialTransport));

describe('partWay', () => {
  it('takes activations the share of the way', async () => {
    const input = {
      source: fromRows([
        [0, 0],
        [2, 0],
      ]),
      target: fromRows([
        [4, 8],
        [6, 8],
      ]),
    };
    const map = await partWay(meanShift(), 0.25).fit(input);
    expect([...map.apply(Float64Array.of(1, 1))]).toEqual([2, 3]);
  });
});

describe('sake-bench run', () => {
  it('has the method in its table', async () => {
    const root = fileURLToPath(new URL('../../../', import.meta.url));
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        ...[
          '--conditions=@sakejs/source',
          '--import',
          tsx,
          'apps/bench/src/main.ts',
          'run',
          '--split',
          'dev',
        ],
        ...['--methods', 'none,./examples/partial-transport/src/partial-transport.ts'],
        ...['--limit', '3', '--count', '20', '--json', '-'],
      ],
      { cwd: root, maxBuffer: 1 << 26 },
    );
    const { rows } = JSON.parse(stdout) as {
      rows: { method: string; metrics: { accuracy: { value: number; n: number } } }[];
    };
    expect(rows.map(({ method, metrics }) => [method, metrics.accuracy.value, metrics.accuracy.n])).toEqual([
      ['none', 0, 3],
      ['partial-transport', 1, 3],
    ]);
  });
});
