import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSafetensors } from '@sakejs/spec';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareTrainingData } from '../src/corpus/training-data.js';
import { exportModel } from '../src/export/export-model.js';
import { train } from '../src/training/train.js';
import { tinyConfig as config } from './tiny-config.js';

const project = fileURLToPath(new URL('..', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sake-interrupted-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command as a user runs it, with a checkpoint after every step, in a process of its own. */
function startTraining(): ChildProcessWithoutNullStreams {
  const files = ['--config', join(folder, 'config.json'), '--run', join(folder, 'run'), '--out', folder];
  const node = ['--import', 'tsx', '--conditions=@sakejs/source', 'src/main.ts'];
  return spawn(
    process.execPath,
    [...node, 'train', ...files, '--threads', '1', '--checkpoint-seconds', '0'],
    { cwd: project },
  );
}

/** The step of the checkpoint, which must be whole at any moment. */
function checkpointStep(): number {
  const file = join(folder, 'run', 'checkpoint.safetensors');
  if (!existsSync(file)) return 0;
  const { metadata } = readSafetensors(readFileSync(file));
  return (JSON.parse(metadata['state']!) as { step: number }).step;
}

describe('train, killed without warning', () => {
  it('goes on from whole checkpoints to bitwise the model of a run that nothing stopped', async () => {
    const killed = startTraining();
    const closed = once(killed, 'close');
    while (checkpointStep() < 5 && killed.exitCode === null) await sleep(5);
    killed.kill('SIGKILL');
    expect((await closed)[1]).toBe('SIGKILL');
    expect(checkpointStep()).toBeLessThan(config.stages[0]!.steps);

    const resumed = startTraining();
    const [out, err]: [string[], string[]] = [[], []];
    resumed.stdout.on('data', (text: Buffer) => out.push(String(text)));
    resumed.stderr.on('data', (text: Buffer) => err.push(String(text)));
    expect((await once(resumed, 'close'))[0], err.join('')).toBe(0);
    expect(out.join('')).toContain('trained 150 of 150 steps');
    // No terminal, no progress.
    expect(err.join('')).toBe('');

    const data = prepareTrainingData(config);
    const whole = await train({ config, data, directory: join(folder, 'whole'), threads: 1 });
    exportModel(join(folder, 'expected'), { config, data, ...whole });
    const same = (path: string): boolean =>
      readFileSync(join(folder, path)).equals(readFileSync(join(folder, 'expected', path)));
    expect(same('model/onnx/model.onnx')).toBe(true);
    const weights = (run: string): unknown =>
      readSafetensors(readFileSync(join(folder, run, 'checkpoint.safetensors'))).tensors;
    expect(weights('run')).toEqual(weights('whole'));
  }, 300_000);
});
