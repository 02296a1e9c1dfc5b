import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExitCode } from '@sakejs/terminal';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTrainerProgram } from '../src/trainer-program.js';
import { tinyConfig } from './tiny-config.js';

const stage = { ...tinyConfig.stages[0]!, steps: 6, warmupSteps: 2 };
const config = {
  ...tinyConfig,
  optimisation: { ...tinyConfig.optimisation, lossRows: 200, longEvery: 2, longLength: 128, longBatch: 2 },
  stages: [stage, { ...stage, steps: 4, peakLearningRate: 0.004 }],
};

let folder: string;
const at = (...path: string[]): string => join(folder, ...path);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sake-stages-'));
  writeFileSync(at('config.json'), JSON.stringify(config));
  writeFileSync(at('other.json'), JSON.stringify({ ...config, seed: 6 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly status: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs `train` with a checkpoint folder and an output folder. */
async function train(run: string, out: string, ...flags: string[]): Promise<Outcome> {
  const files = ['--config', at('config.json'), '--run', at(run), '--out', at(out), '--threads', '1'];
  const spies = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')] as const;
  for (const spy of spies) spy.mockReturnValue(true);
  try {
    const status = await createTrainerProgram().run(['train', '--no-evaluate', ...files, ...flags]);
    const [written, err] = spies.map((spy) => spy.mock.calls.map(([text]) => String(text)).join(''));
    return { status, out: written!, err: err! };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const model = (out: string): Buffer => readFileSync(at(out, 'model', 'onnx', 'model.onnx'));
const record = (out: string): Record<string, unknown> => {
  const read = JSON.parse(readFileSync(at(out, 'model', 'training.json'), 'utf8')) as Record<string, unknown>;
  return { ...read, seconds: 0 };
};

describe('train in stages', () => {
  it('gives bitwise the same in one go, stopped between stages, and stopped within them', async () => {
    const once = await train('whole', 'whole');
    expect(once).toMatchObject({ status: ExitCode.ok, err: '' });
    expect(once.out).toMatch(/stage 1 of 2: trained 6 of 6 steps[^]*stage 2 of 2: trained 4 of 4 steps/);
    expect(record('whole')).toMatchObject({ stage: 2, stages: 2, step: 4 });
    expect(record('whole')['nextLongDocument']).toBeGreaterThan(0);

    const first = await train('first', 'first', '--until-stage', '1');
    expect(first.out).toMatch(/exported/);
    expect(first.out).not.toMatch(/stage 2/);
    expect(record('first')).toMatchObject({ stage: 1, step: 6 });
    for (const counter of ['nextDocument', 'nextLongDocument', 'tokens'])
      expect(record('whole')[counter], counter).toBeGreaterThan(record('first')[counter] as number);
    // Another machine has the exported model, but no checkpoint.
    cpSync(at('first'), at('moved'), { recursive: true });
    expect((await train('elsewhere', 'moved')).out).not.toContain('stage 1');
    expect(model('moved').equals(model('whole'))).toBe(true);
    expect(record('moved')).toEqual(record('whole'));

    for (const step of ['4', '6', '2', '3']) {
      const part = await train('parts', 'parts', '--until-step', step);
      expect(part).toMatchObject({ status: ExitCode.ok, err: '' });
    }
    expect(record('parts')).toMatchObject({ stage: 1 });
    await train('parts', 'parts');
    expect(model('parts').equals(model('whole'))).toBe(true);
    expect(record('parts')).toEqual(record('whole'));
  }, 60_000);

  it('does nothing when all is trained', async () => {
    for (const flags of [[], ['--until-stage', '1'], ['--until-step', '1']]) {
      const before = model('whole');
      const again = await train('fresh', 'whole', ...flags);
      expect(again.status).toBe(ExitCode.ok);
      expect(again.out).toMatch(
        /^trained already: stage 2 of 2, \d+ tokens in \d+ s, in .*--restart to train/,
      );
      expect(model('whole').equals(before)).toBe(true);
    }
  });

  it('restarts on request, and goes on with that restart until it is done', async () => {
    cpSync(at('whole'), at('again'), { recursive: true });
    // The same training on another day took another time.
    writeFileSync(at('again', 'model', 'training.json'), JSON.stringify({ ...record('whole'), seconds: 99 }));
    const begun = await train('restart', 'again', '--restart', '--until-step', '3');
    expect(begun.out).toContain('stage 1 of 2: trained 3 of 6');
    expect(record('again')).toMatchObject({ stage: 2 });
    expect((await train('restart', 'again', '--restart', '--until-step', '4')).out).toContain(
      'trained 4 of 6',
    );
    // The flag may be left out: the checkpoint says which model is set aside.
    const first = await train('restart', 'again', '--until-stage', '1');
    expect(first.out).toContain('trained 6 of 6');
    expect(record('again')).toMatchObject({ stage: 1 });
    const second = await train('restart', 'again', '--restart');
    expect(second.out).not.toContain('stage 1');
    expect(model('again').equals(model('whole'))).toBe(true);
    expect((await train('restart', 'again')).out).toContain('trained already');
    expect((await train('restart', 'again', '--restart', '--until-step', '1')).out).toContain(
      'trained 1 of 6',
    );
  }, 60_000);

  it('refuses the model of another configuration, unless told to restart', async () => {
    const other = await train('others', 'whole', '--config', at('other.json'));
    expect(other.err).toMatch(
      /expected a model of the configuration 'tiny' and its data .*got one of another/,
    );
    expect(other.status).toBe(ExitCode.usage);
    cpSync(at('whole'), at('foreign'), { recursive: true });
    const flags = ['--config', at('other.json'), '--until-step', '1'];
    expect((await train('others', 'foreign', ...flags, '--restart')).out).toContain('trained 1 of 6');
    expect((await train('others', 'foreign', ...flags)).out).toContain('trained 1 of 6');
  });

  it('refuses a model within a stage without its checkpoint, a model that is damaged, and stages that are not', async () => {
    await train('within', 'within', '--until-step', '3');
    const files = ['--config', at('config.json'), '--run', at('within'), '--out', at('within')];
    const spy = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    await createTrainerProgram().run(['export', ...files]);
    spy.mockRestore();
    expect((await train('nothing', 'within')).err).toMatch(/at the end of a stage, got one at step 3 of 6/);
    expect((await train('within', 'within', '--until-step', '4')).out).toContain('trained 4 of 6');

    cpSync(at('first'), at('damaged'), { recursive: true });
    writeFileSync(at('damaged', 'model', 'onnx', 'model.onnx'), model('whole'));
    expect((await train('nothing', 'damaged')).err).toMatch(/the model of its training.json, got another/);
    writeFileSync(at('damaged', 'model', 'training.json'), '{}');
    expect((await train('nothing', 'damaged')).err).toMatch(/training.json.*expected/s);
    expect((await train('nothing', 'whole', '--until-stage', '3')).err).toMatch(/at most 2, got 3/);
  });
});
