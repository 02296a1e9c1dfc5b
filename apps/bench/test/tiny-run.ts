import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyModel } from 'sakejs/testing';
import { afterAll, beforeAll } from 'vitest';
import { capitalRecord } from './bench.js';

/** A model and records that every test of a file shares, and the flags of a small run on them. */
export interface TinyRun {
  readonly model: string;
  readonly records: string;
  /** Flags after the command's name: the paper's method learns of a model that obeys nothing. */
  readonly flags: string[];
}

/** Makes them before the tests and takes them away after. */
export function tinyRun(): TinyRun {
  const run = { model: '', records: '', flags: [] as string[] };
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sake-bench-tiny-'));
    run.model = await writeTinyModel(join(folder, 'model'));
    run.records = join(folder, 'records.json');
    writeFileSync(
      run.records,
      JSON.stringify([
        capitalRecord(4, ['France', 'Paris', 'Rome']),
        capitalRecord(5, ['Japan', 'Tokyo', 'Rome']),
        capitalRecord(6, ['Peru', 'Lima', 'Quito']),
      ]),
    );
    run.flags.push(
      '--model',
      run.model,
      '--records',
      run.records,
      '--methods',
      'none,sake-paper,uniform-paper',
    );
    run.flags.push('--count', '10', '--threads', '1');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return run;
}

/** Results without what a machine's clock and memory say. */
export function withoutTimes(json: string): unknown {
  return JSON.parse(json, (key, value: unknown) => (['seconds', 'memory'].includes(key) ? 0 : value));
}
