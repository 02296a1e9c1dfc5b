import { SakeError } from '@sakejs/spec';
import { z } from 'zod';
import { lineAt, scanJson } from './scan-json.js';

/** `json`: strings, `{prompts}` or records; `jsonl`: one of those a line; `txt`: one prompt a line, `#` starts a comment line. */
export type ExpertFormat = 'json' | 'jsonl' | 'txt';

/** Prompts for one subject, and one prompt of it where that is named. */
export interface ExpertRecord {
  readonly subject: string;
  readonly prompt?: string | undefined;
  readonly prompts: readonly string[];
}

/** What an expert file holds, in file order. */
export interface ExpertPrompts {
  /** Prompts for whatever request; `{}` stands for the subject. */
  readonly shared: readonly string[];
  readonly records: readonly ExpertRecord[];
}

const promptText = z
  .string()
  .refine((text) => text.trim() !== '', 'expected a non-empty prompt, got an empty one');
const record = z.strictObject({
  subject: promptText,
  prompt: promptText.optional(),
  prompts: z.array(promptText).min(1),
});
const shared = z.strictObject({ prompts: z.array(promptText) });
const single = z.strictObject({ prompt: promptText });
const records = z.strictObject({ records: z.array(record) });

/**
 * Reads prompts written by hand.
 *
 * @param name stands in errors, with the line.
 * @throws {SakeError} `invalid-file` for malformed JSON, another shape, or no prompts at all.
 */
export function parseExpertPrompts(text: string, format: ExpertFormat, name: string): ExpertPrompts {
  const body = text.replace(/^\uFEFF/, '');
  const found = parsers[format](body, name);
  if (found.shared.length === 0 && found.records.length === 0)
    return fail(
      name,
      1,
      'at least one prompt',
      'none',
      'write one prompt a line, or a JSON array of prompts',
    );
  return found;
}

const parsers: Record<ExpertFormat, (text: string, name: string) => ExpertPrompts> = {
  txt: (text) => ({
    shared: text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#')),
    records: [],
  }),
  json: (text, name) => readValue(text, name, 1),
  jsonl: (text, name) => {
    const parts = text
      .split('\n')
      .flatMap((line, index) => (line.trim() === '' ? [] : [readValue(line, name, index + 1)]));
    return { shared: parts.flatMap((part) => part.shared), records: parts.flatMap((part) => part.records) };
  },
};

/** One JSON value; `firstLine` is the file's line that it begins on. */
function readValue(text: string, name: string, firstLine: number): ExpertPrompts {
  const { starts, stoppedAt } = scanJson(text);
  const lineOf = (offset: number): number => firstLine - 1 + lineAt(text, offset);
  if (stoppedAt !== undefined)
    fail(
      name,
      lineOf(stoppedAt),
      'JSON',
      excerpt(text.slice(stoppedAt)),
      'check commas, quotes and brackets there',
    );
  const value: unknown = JSON.parse(text);
  const check = <T>(schema: z.ZodType<T>, part: unknown, at: readonly PropertyKey[]): T => {
    const result = schema.safeParse(part);
    if (result.success) return result.data;
    const issue = result.error.issues[0]!;
    const path = [...at, ...issue.path].map(String);
    // A missing field has no place of its own: its parent's line is named.
    let known = path.length;
    while (known > 0 && !starts.has(path.slice(0, known).join('/'))) known--;
    const line = lineOf(starts.get(path.slice(0, known).join('/')) ?? 0);
    return fail(
      name,
      line,
      'prompts or records of prompts',
      `${path.join('.') || 'the value'}: ${issue.message}`,
    );
  };
  if (typeof value === 'string') return { shared: [check(promptText, value, [])], records: [] };
  if (Array.isArray(value)) {
    const parts = value.map((item: unknown, index) =>
      readItem(item, (schema, part) => check(schema, part, [index])),
    );
    return { shared: parts.flatMap((part) => part.shared), records: parts.flatMap((part) => part.records) };
  }
  if (hasField(value, 'records')) return { shared: [], records: check(records, value, []).records };
  return readItem(value, (schema, part) => check(schema, part, []));
}

/** A prompt, `{prompt}`, `{prompts}`, or a record. */
function readItem(item: unknown, check: <T>(schema: z.ZodType<T>, part: unknown) => T): ExpertPrompts {
  if (hasField(item, 'subject')) return { shared: [], records: [check(record, item)] };
  if (hasField(item, 'prompts')) return { shared: check(shared, item).prompts, records: [] };
  if (hasField(item, 'prompt')) return { shared: [check(single, item).prompt], records: [] };
  return { shared: [check(promptText, item)], records: [] };
}

function hasField(value: unknown, field: string): boolean {
  return typeof value === 'object' && value !== null && field in value;
}

function excerpt(rest: string): string {
  return rest === '' ? 'the end of the text' : JSON.stringify(rest.slice(0, 20));
}

function fail(name: string, line: number, expected: string, got: string, remedy?: string): never {
  throw new SakeError(
    'invalid-file',
    `parseExpertPrompts: expected ${expected}, got ${got} at ${name}:${line}; ${remedy ?? 'see the README for the formats'}`,
    { details: { file: name, line } },
  );
}
