import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runDemo, type DemoResult } from './run-demo.js';

let folder: string;
let result: DemoResult;
let out = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sake-demo-'));
  result = await runDemo({
    streams: { stdout: { write: (text) => (out += text) }, stderr: { write: () => true } },
    signal: new AbortController().signal,
    edits: 2,
    count: 12,
    json: join(folder, 'demo.json'),
  });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('runDemo', () => {
  it('asks the request, paraphrases, neighbours and a doubt', () => {
    const kinds = result.shown.answers.map(({ kind }) => kind);
    expect([kinds[0], kinds.at(-1)]).toEqual(['request', 'doubt']);
    expect(kinds.filter((kind) => kind === 'paraphrase').length).toBeGreaterThanOrEqual(2);
    expect(kinds.filter((kind) => kind === 'neighbour')).toHaveLength(3);
  });

  it('shows a fact that the model knew and that the edit changed', () => {
    const { request, answers } = result.shown;
    expect(answers[0]!.before.startsWith(request.targetTrue)).toBe(true);
    expect(answers[0]!.after.startsWith(request.targetNew)).toBe(true);
    expect(out).toContain(`before  ${answers[0]!.before}`);
  });

  it('gives back every bit once the edit is removed', () => {
    expect(result.shown.undone).toBe(true);
    expect(out).toMatch(/removed: the logits of all \d prompts are bitwise those of before/);
  });

  it('prints the table in both protocols, and how long it took', () => {
    expect(result.tables.map(({ protocol, edits }) => [protocol, edits])).toEqual([
      ['paper', 2],
      ['strict', 2],
    ]);
    expect(result.tables[0]!.rows.map(({ method }) => method)).toEqual([
      'none',
      'sake',
      'sake-paper',
      'uniform',
    ]);
    expect(out).toMatch(/paper protocol.*strict protocol.*in all\n$/s);
  });

  it('writes what it showed as JSON', () => {
    expect(JSON.parse(readFileSync(join(folder, 'demo.json'), 'utf8'))).toEqual(result);
  });
});
