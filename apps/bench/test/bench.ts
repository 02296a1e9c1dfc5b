import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createBenchProgram } from '../src/bench-program.js';

/** What a run of the command left behind. */
export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process. */
export async function bench(...argv: readonly string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const program = createBenchProgram({
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
  });
  const status = await program.run(argv);
  return { status, out, err };
}

/** An empty folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sake-bench-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A record in CounterFact's original schema about the capital of a state. */
export function capitalRecord(
  caseId: number,
  [subject, targetTrue, targetNew]: readonly [string, string, string],
  relation: string = 'P36',
): Record<string, unknown> {
  return {
    case_id: caseId,
    pararel_idx: 1,
    requested_rewrite: {
      prompt: 'The capital of {} is',
      relation_id: relation,
      subject,
      target_new: { str: targetNew, id: 'Q2' },
      target_true: { str: targetTrue, id: 'Q1' },
    },
    paraphrase_prompts: [`Hm. The seat of government of ${subject} is`],
    neighborhood_prompts: ['The capital of Bavaria is', 'The capital of Tuscany is'],
    attribute_prompts: [],
    generation_prompts: [],
  };
}
