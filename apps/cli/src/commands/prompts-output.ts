import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  createDistributionWriter,
  expertFormatOf,
  parseDistributions,
  type DistributionFormat,
} from '@sakejs/prompts';
import { SakeError, type EditRequest, type PromptDistribution } from '@sakejs/spec';
import { checkWritable } from '@sakejs/terminal';

/** A file of distributions in the making. */
export interface PromptsOutput {
  /** Whether an interrupted run wrote this request's distribution already. */
  has(request: EditRequest): boolean;
  add(distribution: PromptDistribution): void;
  /** Gives the file its name. */
  finish(): void;
}

/**
 * Writes distributions one by one beside their file, which takes its name at the end: what was there before stays until
 * then, and what an interrupted run wrote is in `FILE.partial`.
 *
 * @throws {SakeError} `invalid-option` for another ending, and for `resume` with another format than JSONL; `io`.
 */
export function createPromptsOutput(path: string, resume: boolean): PromptsOutput {
  const format = distributionFormat(path);
  if (resume && format !== 'jsonl')
    throw new SakeError(
      'invalid-option',
      `sake prompts generate: expected --resume with a .jsonl file, got ${JSON.stringify(path)}; other formats are written whole`,
    );
  checkWritable(path);
  const partial = `${path}.partial`;
  const writer = createDistributionWriter(format);
  const kept = resume && existsSync(partial) ? wholeLines(readFileSync(partial, 'utf8')) : '';
  const known = new Set(
    kept === '' ? [] : parseDistributions(kept, 'jsonl', partial).map(({ request }) => key(request)),
  );
  writeFileSync(partial, writer.head + kept);
  return {
    has: (request) => known.has(key(request)),
    add: (distribution) => appendFileSync(partial, writer.next(distribution)),
    finish: () => {
      appendFileSync(partial, writer.end());
      renameSync(partial, path);
    },
  };
}

/** @throws {SakeError} `invalid-option` for an ending that no format of distributions has. */
function distributionFormat(path: string): DistributionFormat {
  const format = expertFormatOf(path);
  if (format !== 'txt') return format;
  throw new SakeError(
    'invalid-option',
    `sake prompts generate: expected --out as a .json, .jsonl or .csv file, got ${JSON.stringify(path)}; text files hold prompts only`,
  );
}

/** A text without its last line, where that is cut off. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

function key({ subject, prompt, targetTrue, targetNew }: EditRequest): string {
  return JSON.stringify([subject, prompt, targetTrue, targetNew]);
}
