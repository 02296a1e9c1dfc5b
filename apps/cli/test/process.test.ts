import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyModel } from 'sakejs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRANCE, temporaryFolder } from './sake.js';
import { spawnSake } from './spawn-sake.js';

let model: string;
beforeAll(async () => {
  model = await writeTinyModel(mkdtempSync(join(tmpdir(), 'sake-cli-process-')));
});
afterAll(() => rmSync(model, { recursive: true, force: true }));

/** A mapper of one's own: adds a constant, and can be loaded again. */
const SHIFT = `
const map = (dim) => ({
  kind: 'my-shift',
  dim,
  settings: {},
  apply: (activation) => activation.map((value) => value + 1),
  toTensors: () => ({ kind: 'my-shift', version: 1, tensors: {}, meta: { dim } }),
});
export default { kind: 'my-shift', fit: ({ source }) => map(source.cols) };
export const loader = { kind: 'my-shift', version: 1, module: './shift.mjs', load: ({ meta }) => map(meta.dim) };
`;

/** A mapper that says when it starts, and takes its time. */
const SLOW = `
import { setTimeout } from 'node:timers/promises';
export * from './shift.mjs';
import shift from './shift.mjs';
export default {
  kind: 'my-shift',
  fit: async (input) => {
    process.stderr.write('fitting');
    await setTimeout(1500);
    return shift.fit(input);
  },
};
`;

function folderWithMappers(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'shift.mjs'), SHIFT);
  writeFileSync(join(folder, 'slow.mjs'), SLOW);
  return folder;
}

describe('sake, as a process', () => {
  it('uses a mapper of the working directory, and reads its edits again with --with', async () => {
    const cwd = folderWithMappers();
    const learned = await spawnSake(cwd, ['edit', ...FRANCE, '--model', model, '--mapper', './shift.mjs']);
    expect(learned).toMatchObject({ status: 0, err: '', out: expect.stringMatching(/map {6}my-shift/) });
    expect(readdirSync(join(cwd, '.sake', 'edits'))).toHaveLength(1);

    const ask = ['generate', 'The capital of France is', '--model', model, '--json'];
    const [withModule, without] = await Promise.all([
      spawnSake(cwd, [...ask, '--with', './shift.mjs']),
      spawnSake(cwd, ask),
    ]);
    expect(JSON.parse(withModule.out)).toMatchObject({ liveEdits: 1, fired: [{ step: 0 }] });
    expect(JSON.parse(without.out)).toMatchObject({ liveEdits: 0, leftOut: [{}] });
    expect(without.err).toMatch(/^warning: .*'my-shift'.*'\.\/shift\.mjs'/);
  });

  it('leaves no file behind when Ctrl-C comes while it learns', async () => {
    const cwd = folderWithMappers();
    let sent = false;
    const argv = ['edit', ...FRANCE, '--model', model, '--mapper', './slow.mjs', '--library', 'edits'];
    const { status, out, err } = await spawnSake(cwd, argv, {
      onError: (text, child) => {
        if (sent || !text.includes('fitting')) return;
        sent = true;
        child.kill('SIGINT');
      },
    });
    expect([status, out]).toEqual([130, '']);
    expect(err).toMatch(/interrupted; what was finished before is kept\n$/);
    expect(readdirSync(cwd).sort()).toEqual(['shift.mjs', 'slow.mjs']);
  });

  it('ends the line that it has begun when Ctrl-C comes while it generates', async () => {
    const text = 'The capital of France is';
    let sent = false;
    const argv = ['generate', text, '--model', model, '--plain', '--max-tokens', '1000'];
    const { status, out, err } = await spawnSake(temporaryFolder(), argv, {
      onOutput: (_, child) => {
        if (!sent) child.kill('SIGINT');
        sent = true;
      },
    });
    expect(status).toBe(130);
    expect(out.startsWith(text)).toBe(true);
    expect(out.endsWith('\n')).toBe(true);
    expect(err).toMatch(/interrupted; what was finished before is kept\n$/);
  });

  it('ends with the status of its error', async () => {
    const cwd = temporaryFolder();
    const [usage, data] = await Promise.all([
      spawnSake(cwd, ['edit', '--subject', 'France']),
      spawnSake(cwd, ['edits', 'show', 'nothing']),
    ]);
    expect([usage.status, data.status]).toEqual([2, 3]);
  });
});
