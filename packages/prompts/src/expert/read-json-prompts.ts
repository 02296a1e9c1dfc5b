import type { z } from 'zod';
import type { ExpertProblem, ExpertPrompt, ExpertRecord } from './expert-file.js';
import {
  promptText,
  type CheckedEntry,
  type CheckedRecord,
  record,
  recordList,
  sharedPrompts,
  singlePrompt,
} from './expert-schema.js';
import { createLineIndex } from './line-index.js';
import { scanJson } from './scan-json.js';

/** Where the parts of a file are put as they are read. */
export interface ExpertSink {
  shared(prompt: ExpertPrompt): void;
  record(record: ExpertRecord): void;
  problem(problem: ExpertProblem): void;
}

type Path = readonly (string | number)[];

const formats = 'see the README for the formats';

/** Reads one JSON value; `firstLine` is the file's line that it begins on. Broken JSON is one problem. */
export function readJsonPrompts(text: string, firstLine: number, sink: ExpertSink): void {
  const { starts, stoppedAt } = scanJson(text);
  const lines = createLineIndex(text);
  const lineOf = (offset: number): number => firstLine - 1 + lines.lineAt(offset);
  if (stoppedAt !== undefined) {
    const rest = text.slice(stoppedAt, stoppedAt + 20);
    sink.problem({
      line: lineOf(stoppedAt),
      message: `expected JSON, got ${rest === '' ? 'the end of the text' : JSON.stringify(rest)}`,
      remedy: 'check commas, quotes and brackets there',
    });
    return;
  }
  /** A missing field has no place of its own: its parent's line is named. */
  const lineAt = (path: Path): number => {
    let known = path.length;
    while (known > 0 && !starts.has(path.slice(0, known).join('/'))) known--;
    return lineOf(starts.get(path.slice(0, known).join('/')) ?? 0);
  };
  const check = <T>(schema: z.ZodType<T>, value: unknown, at: Path): T | undefined => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      const path = [...at, ...issue.path] as Path;
      sink.problem({
        line: lineAt(path),
        message: `expected prompts or records of prompts, got ${path.join('.') || 'the value'}: ${issue.message}`,
        remedy: formats,
      });
    }
    return undefined;
  };
  const asPrompt = ({ text: own, wording }: CheckedEntry, at: Path): ExpertPrompt => ({
    text: own,
    line: lineAt(at),
    ...(wording === undefined ? {} : { wording }),
  });
  const asRecord = (raw: CheckedRecord, at: Path): ExpertRecord => {
    const given = Object.entries(raw).filter(([, value]) => value !== undefined);
    return {
      ...(Object.fromEntries(given) as unknown as ExpertRecord),
      line: lineAt(at),
      prompts: raw.prompts.map((entry, index) => asPrompt(entry, [...at, 'prompts', index])),
    };
  };
  const readItem = (item: unknown, at: Path): void => {
    if (hasField(item, 'subject')) {
      const own = check(record, item, at);
      if (own !== undefined) sink.record(asRecord(own, at));
    } else if (hasField(item, 'prompts')) {
      const own = check(sharedPrompts, item, at);
      own?.prompts.forEach((entry, index) => sink.shared(asPrompt(entry, [...at, 'prompts', index])));
    } else if (hasField(item, 'prompt')) {
      const own = check(singlePrompt, item, at);
      if (own !== undefined) sink.shared(asPrompt({ text: own.prompt }, at));
    } else {
      const own = check(promptText, item, at);
      if (own !== undefined) sink.shared(asPrompt({ text: own }, at));
    }
  };
  const value: unknown = JSON.parse(text);
  if (Array.isArray(value)) value.forEach((item: unknown, index) => readItem(item, [index]));
  else if (hasField(value, 'records')) {
    const list = check(recordList, value, []);
    list?.records.forEach((item, index) => {
      const own = check(record, item, ['records', index]);
      if (own !== undefined) sink.record(asRecord(own, ['records', index]));
    });
  } else readItem(value, []);
}

function hasField(value: unknown, field: string): boolean {
  return typeof value === 'object' && value !== null && field in value;
}
