import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SuiteResult } from '@sakejs/evaluation';
import { describe, expect, it } from 'vitest';
import { bench, temporaryFolder } from '../../test/bench.js';
import { tinyRun } from '../../test/tiny-run.js';
import { benchConfigJsonSchema, protocolChoices, readBenchConfig } from './bench-config.js';

function configFile(content: unknown): string {
  const file = join(temporaryFolder(), 'bench.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('readBenchConfig', () => {
  it('fills in what is not said', () => {
    expect(readBenchConfig(configFile({}))).toMatchObject({
      ...{ suites: ['counterfact'], models: ['embedded'], protocols: ['paper'], seeds: [0] },
      ...{ count: 50, doubtLimit: 150, split: 'test', workers: 1 },
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /expected JSON/],
    ['a suite that is not known', { suites: ['zsre'] }, /suites\.0: .*counterfact/],
    ['a suite twice', { suites: ['doubt', 'doubt'] }, /suites: expected each once/],
    ['no methods', { methods: [] }, /methods: /],
    ['a method that is not known', { methods: ['no-such-method'] }, /methods\.0: expected one of none, sake/],
    ['a setting that is not known', { protocols: [{ base: 'paper', gate: 'open' }] }, /protocols\.0: /],
    ['a stray field', { speed: 9 }, /speed/],
  ])('refuses %s and says where', (_, content, message) => {
    expect(() => readBenchConfig(configFile(content))).toThrow(message);
  });

  it('names every quirk of the paper protocol as a setting of its own', () => {
    const quirks = {
      ...{ live: 'all', closedGateSucceeds: false, doubtGate: 'method', keepEdits: 'all' },
      ...{ preferenceTokens: 'spaced', aliasingCondition: 'unedited', emptyTokenPasses: false },
    };
    const config = readBenchConfig(configFile({ protocols: [{ base: 'paper', ...quirks }, 'strict'] }));
    expect(protocolChoices(config)).toEqual([{ base: 'paper', changes: quirks }, { base: 'strict' }]);
  });
});

describe('benchConfigJsonSchema', () => {
  it('is what sake-bench schema prints', async () => {
    const { status, out } = await bench('schema');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(benchConfigJsonSchema())));
    expect(out).toContain('"suites"');
  });

  it('is what the package ships as bench.schema.json', () => {
    // After a change: sake-bench schema > bench.schema.json
    const read = (name: string): unknown =>
      JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
    expect(read('bench.schema.json')).toEqual(JSON.parse(JSON.stringify(benchConfigJsonSchema())));
    expect((read('package.json') as { files: string[] }).files).toContain('bench.schema.json');
  });

  it('lets a configuration name it', () => {
    const $schema = './node_modules/@sakejs/bench/bench.schema.json';
    expect(readBenchConfig(configFile({ $schema }))).toMatchObject({ $schema });
  });
});

describe('sake-bench run --config', () => {
  const tiny = tinyRun();

  it('runs every cell of the grid', async () => {
    const file = configFile({
      ...{
        models: [tiny.model],
        records: tiny.records,
        methods: ['none', 'sake-paper'],
        count: 10,
        threads: 1,
      },
      ...{
        suites: ['counterfact', 'doubt'],
        seeds: [1, 2],
        protocols: ['paper', { base: 'paper', live: 'all' }],
      },
    });
    const { status, out } = await bench('run', '--config', file, '--json', '-');
    expect(status).toBe(0);
    const results = JSON.parse(out) as SuiteResult[];
    expect(results.map(({ seed, suite, protocol }) => [seed, suite, protocol])).toEqual(
      [1, 2].flatMap((seed) =>
        ['counterfact', 'doubt'].flatMap((suite) =>
          ['paper', 'paper live=all'].map((protocol) => [seed, suite, protocol]),
        ),
      ),
    );
  });

  it('refuses flags that belong into the file', async () => {
    const { status, err } = await bench('run', '--config', configFile({}), '--limit', '3');
    expect(status).toBe(2);
    expect(err).toMatch(/expected --config alone .* got --limit too/);
  });
});
