import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExitCode } from '@sakejs/terminal';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tinyConfig } from '../test/tiny-config.js';
import { createTrainerProgram } from './trainer-program.js';

let folder: string;
let config: readonly string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sake-trainer-'));
  config = ['--config', join(folder, 'config.json'), '--run', join(folder, 'run'), '--out', folder];
  writeFileSync(join(folder, 'config.json'), JSON.stringify(tinyConfig));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the program and gives its exit status and what it wrote. */
async function run(...argv: string[]): Promise<{ status: ExitCode; out: string; err: string }> {
  const written = (stream: 'stdout' | 'stderr'): { text: () => string; restore: () => void } => {
    const spy = vi.spyOn(process[stream], 'write').mockReturnValue(true);
    return {
      text: () => spy.mock.calls.map(([text]) => String(text)).join(''),
      restore: () => spy.mockRestore(),
    };
  };
  const [out, err] = [written('stdout'), written('stderr')];
  try {
    const status = await createTrainerProgram().run(argv);
    return { status, out: out.text(), err: err.text() };
  } finally {
    out.restore();
    err.restore();
  }
}

describe('createTrainerProgram', () => {
  it('trains in parts, logs, exports what stands and measures it', async () => {
    const log = join(folder, 'log.jsonl');
    const trained = await run('train', ...config, '--until-step', '100', '--threads', '1', '--log', log);
    expect(trained).toMatchObject({ status: ExitCode.ok, err: '' });
    expect(trained.out).toContain('trained 100 of 150 steps');
    expect(existsSync(join(folder, 'model'))).toBe(false);
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([100]);

    expect(await run('export', ...config)).toMatchObject({
      status: ExitCode.ok,
      out: `step 100 of stage 1 exported to ${folder}\n`,
    });
    const json = join(folder, 'figures.json');
    const few = ['--threads', '1', '--sample', '40'];
    const measured = await run('evaluate', '--out', folder, ...few, '--json', json);
    expect(measured.status).toBe(ExitCode.ok);
    expect(measured.out).toMatch(/first token right \(sample\) +\d.* 40\n/);
    expect(measured.out).toMatch(/steering obeyed, kept-out subjects +\d.* 40\n/);
    expect(measured.out).toMatch(/context, imagine +\d.* 40\n/);
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
      facts: 108,
      model: { id: 'embedded', family: 'llama' },
    });
  });

  it('refuses before it works: no checkpoint, no model, a log in no folder, wrong numbers', async () => {
    const refusals: [string[], ExitCode, RegExp][] = [
      [['export', ...config], ExitCode.data, /expected a checkpoint in .*run, got none; train first/],
      [['evaluate', '--out', folder], ExitCode.data, /training.json, got no such file/],
      [['train', ...config, '--log', join(folder, 'none', 'log')], ExitCode.data, /expected to write/],
      [['train', ...config, '--threads', 'two'], ExitCode.usage, /threads/],
      [['train', '--config', join(folder, 'other.json')], ExitCode.data, /expected a JSON file at/],
    ];
    for (const [argv, status, message] of refusals) {
      const refused = await run(...argv);
      expect(refused.err).toMatch(message);
      expect(refused.status, argv.join(' ')).toBe(status);
    }
  });
});
