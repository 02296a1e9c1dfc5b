import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SuiteResult } from '@sakejs/evaluation';
import { inspectModel } from 'sakejs';
import { writeTinyModel } from 'sakejs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bench, capitalRecord, temporaryFolder } from '../test/bench.js';
import { withoutTimes } from '../test/tiny-run.js';
import type { StatsResult } from './stats/run-stats.js';

let root: string;
/** A model with one graph for two names, and a third one that is none. */
let model: string;
let records: string;
let small: string[];
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'sake-bench-flags-'));
  model = await writeTinyModel(join(root, 'model'));
  for (const name of ['model_fp16.onnx', 'mine.onnx'])
    cpSync(join(model, 'onnx', 'model.onnx'), join(model, 'onnx', name));
  writeFileSync(join(model, 'onnx', 'model.onnx'), 'no graph');
  records = join(root, 'records.json');
  const capitals = [
    capitalRecord(4, ['France', 'Paris', 'Rome']),
    capitalRecord(5, ['Japan', 'Tokyo', 'Rome']),
  ];
  writeFileSync(records, JSON.stringify(capitals));
  small = ['run', '--model', model, '--records', records, '--methods', 'none', '--count', '10'];
  small.push('--threads', '1', '--json', '-');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function run(...flags: readonly string[]): Promise<SuiteResult> {
  const { status, out, err } = await bench(...small, ...flags);
  // Nothing of workers that could not open the graph.
  expect([status, err.replace(/^goes on with \d+ finished units\n/, '')]).toEqual([0, '']);
  return JSON.parse(out) as SuiteResult;
}

describe('the graph of --model', () => {
  it('is chosen by --dtype, and recorded with the device', async () => {
    const { modelInfo } = await run('--dtype', 'fp16', '--device', 'cpu');
    expect(modelInfo.runtime).toMatchObject({ graph: 'onnx/model_fp16.onnx', device: 'cpu' });
    expect(modelInfo.runtime).not.toHaveProperty('hiddenTensor');
  });

  it('is chosen by --file, its states by --hidden-tensor', async () => {
    const file = 'onnx/mine.onnx';
    const { hiddenTensor } = await inspectModel(model, { file });
    const { modelInfo } = await run('--file', file, '--hidden-tensor', hiddenTensor);
    expect(modelInfo.runtime).toMatchObject({ graph: file, hiddenTensor });
    const wrong = await bench(...small, '--file', file, '--hidden-tensor', 'nowhere');
    expect([wrong.status, wrong.out]).toEqual([expect.any(Number), expect.stringContaining('nowhere')]);
    expect(wrong.status).not.toBe(0);
  });

  it('is the one that workers open', { timeout: 120_000 }, async () => {
    const alone = await run('--dtype', 'fp16');
    const shared = await run('--dtype', 'fp16', '--workers', '2');
    expect(withoutTimes(JSON.stringify(shared))).toEqual(withoutTimes(JSON.stringify(alone)));
  });

  it('is part of what a journal keeps work under', async () => {
    const journal = temporaryFolder();
    const units = (): number =>
      readFileSync(join(journal, 'journal.jsonl'), 'utf8').trimEnd().split('\n').length - 1;
    const file = ['--file', 'onnx/mine.onnx', '--journal', journal];
    await run(...file);
    const first = units();
    await run(...file);
    expect(units()).toBe(first);
    const { hiddenTensor } = await inspectModel(model, { file: 'onnx/mine.onnx' });
    await run(...file, '--hidden-tensor', hiddenTensor);
    expect(units()).toBe(2 * first);
    await run('--dtype', 'fp16', '--journal', journal);
    expect(units()).toBe(3 * first);
  });

  it('may stand in a grid', async () => {
    const config = join(temporaryFolder(), 'grid.json');
    const grid = { models: [model], records, methods: ['none'], count: 10, threads: 1 };
    writeFileSync(config, JSON.stringify({ ...grid, dtype: 'fp16', device: 'cpu' }));
    const { status, out } = await bench('run', '--config', config, '--json', '-');
    expect(status).toBe(0);
    expect((JSON.parse(out) as SuiteResult).modelInfo.runtime['graph']).toBe('onnx/model_fp16.onnx');
    writeFileSync(config, JSON.stringify({ ...grid, device: 'tpu' }));
    const refused = await bench('run', '--config', config);
    expect(refused.err).toMatch(/device: expected one of cpu, cuda, coreml, dml/);
  });

  it('is recorded where it gives moments of keys', async () => {
    const folder = temporaryFolder();
    const corpus = join(folder, 'corpus.txt');
    writeFileSync(corpus, 'The sea is wide.\n');
    const { status, out } = await bench(
      ...['stats', model, '--dtype', 'fp16', '--layers', '0', '--tokens', '5', '--corpus', corpus],
      ...['--out', folder, '--threads', '1', '--json', '-'],
    );
    expect(status).toBe(0);
    const { runtime } = JSON.parse(out) as StatsResult;
    expect(runtime).toMatchObject({ graph: 'onnx/model_fp16.onnx', device: 'cpu' });
  });
});

describe('every command with a model', () => {
  const commands = [
    'run',
    'reproduce',
    'ablate mapper',
    'tune',
    'scaling',
    'gates',
    'curves',
    'memory',
    'stats',
    'trace',
  ];
  it.each(commands)(
    '%s refuses a device and a dtype that it does not know, by their flags',
    async (command) => {
      const { status, err } = await bench(...command.split(' '), '--device', 'tpu', '--dtype', 'q5');
      expect(status).toBe(2);
      expect(err).toContain('--device: expected one of cpu, cuda, coreml, dml');
      expect(err).toContain('--dtype: expected one of fp32, fp16, q8, quantized');
      const empty = await bench(...command.split(' '), '--hidden-tensor', '', '--file', '');
      expect(empty.err).toMatch(/--file: expected a file; --hidden-tensor: expected the name of a tensor/);
    },
  );

  it.each(commands)('%s says what the runtime lacks for a device', async (command) => {
    const more: Readonly<Record<string, readonly string[]>> = {
      stats: [model],
      curves: ['--model', model, '--limit', '1'],
      reproduce: ['--model', model, '--out', temporaryFolder()],
    };
    const { status, err } = await bench(
      ...command.split(' '),
      ...(more[command] ?? ['--model', model]),
      ...['--file', 'onnx/mine.onnx', '--device', 'dml'],
    );
    expect(err).toMatch(/expected a device that the installed ONNX Runtime can use, got dml/);
    expect(status).not.toBe(0);
  });
});
