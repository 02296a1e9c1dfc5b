import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createSakeProgram } from '../src/sake-program.js';

/** What a run of the command left behind. */
export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process. */
export async function sake(...argv: readonly string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const program = createSakeProgram({
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  });
  const status = await program.run(argv);
  return { status, out, err };
}

/** An empty folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sake-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Flags of an edit of the tiny model, which knows nothing: the paper's method learns from every target row. */
export const FRANCE: readonly string[] = [
  ...['--subject', 'France', '--prompt', 'The capital of {} is', '--true', 'Paris', '--new', 'Rome'],
  ...['--method', 'sake-paper', '--count', '12'],
];

/** The same edit of another fact. */
export const JAPAN: readonly string[] = [
  ...['--subject', 'Japan', '--prompt', 'The capital of {} is', '--true', 'Tokyo', '--new', 'Lima'],
  ...['--method', 'sake-paper', '--count', '12'],
];
