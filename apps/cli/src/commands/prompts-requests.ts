import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readCounterFact, withheldPrompts } from '@sakejs/evaluation';
import { expertFormatOf, parseEditRequests } from '@sakejs/prompts';
import { SakeError, validateEditRequest, type EditRequest } from '@sakejs/spec';

/** Facts to make prompts for, with the test prompts that each withholds. */
export interface AskedRequests {
  readonly requests: readonly EditRequest[];
  withhold(request: EditRequest): readonly string[];
}

/** The flags that name facts. */
export interface RequestFlags {
  readonly subject?: string | undefined;
  readonly prompt?: string | undefined;
  readonly true?: string | undefined;
  readonly new?: string | undefined;
  readonly requests?: string | undefined;
}

/** @throws {SakeError} `invalid-option` unless one fact, or a file of them, is named. */
export function askedRequests(flags: RequestFlags): AskedRequests {
  const single = [flags.subject, flags.prompt, flags.true, flags.new];
  const given = single.filter((flag) => flag !== undefined).length;
  if (flags.requests !== undefined && given === 0) return readRequests(flags.requests);
  if (flags.requests !== undefined || given < single.length)
    throw new SakeError(
      'invalid-option',
      'sake prompts generate: expected --subject, --prompt, --true and --new, or --requests alone; see sake prompts generate --help',
    );
  const [subject = '', prompt = '', targetTrue = '', targetNew = ''] = single;
  return { requests: [validateEditRequest({ subject, prompt, targetTrue, targetNew })], withhold: () => [] };
}

/** Requests, or records in CounterFact's schema, of a file. */
export function readRequests(path: string): AskedRequests {
  const text = readText(path, '--requests');
  if (isCounterFact(text)) {
    const { records } = readCounterFact(path);
    const tests = new Map(records.map((record) => [record.request, withheldPrompts(record)]));
    return {
      requests: records.map(({ request }) => request),
      withhold: (request) => tests.get(request) ?? [],
    };
  }
  const format = expertFormatOf(path);
  if (format === 'txt')
    throw new SakeError(
      'invalid-option',
      `sake prompts: expected --requests as a .json, .jsonl or .csv file, got ${JSON.stringify(path)}`,
    );
  return { requests: parseEditRequests(text, format, basename(path)), withhold: () => [] };
}

/** Lines of a file of test prompts. */
export function readWithheld(path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  return readText(path, '--withhold')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
}

function readText(path: string, flag: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SakeError(
      'not-found',
      `sake prompts: expected ${flag} as a file that can be read, got ${(cause as Error).message}; check the path`,
      { cause, details: { file: path } },
    );
  }
}

function isCounterFact(text: string): boolean {
  return /^\uFEFF?\s*\[\s*\{/.test(text) && /"requested_rewrite"\s*:/.test(text.slice(0, 100_000));
}
