import { isSakeError, validateEditRequest, type EditRequest } from '@sakejs/spec';
import { z } from 'zod';
import { csvRows } from './csv-rows.js';
import { requireSound, type DistributionFormat, type ExpertProblem } from './expert-file.js';
import { createLineIndex } from './line-index.js';
import { scanJson } from './scan-json.js';

const fields = ['subject', 'prompt', 'targetTrue', 'targetNew', 'relation'] as const;
const remedy = `give ${fields.slice(0, 4).join(', ')} and, where known, relation`;

const requestShape = z.strictObject({
  subject: z.string(),
  prompt: z.string(),
  targetTrue: z.string(),
  targetNew: z.string(),
  relation: z.string().min(1).optional(),
});

/** A value that should be a request, or why there is none, by line. */
interface Found {
  readonly line: number;
  readonly value?: unknown;
  readonly trouble?: string;
}

/**
 * Requests of a file: a JSON array of objects, one object a line (JSONL), or CSV rows under a heading.
 *
 * @param name stands in errors.
 * @throws {SakeError} `invalid-file` with file and line of everything that is no request.
 */
export function parseEditRequests(
  text: string,
  format: DistributionFormat,
  name: string = 'text',
): EditRequest[] {
  const problems: ExpertProblem[] = [];
  const requests: EditRequest[] = [];
  for (const { line, value, trouble } of readers[format](text.replace(/^\uFEFF/, ''))) {
    const message = trouble ?? addRequest(value, requests);
    if (message !== undefined) problems.push({ line, message, remedy });
  }
  if (requests.length === 0 && problems.length === 0)
    problems.push({ line: 1, message: 'expected at least one request, got none', remedy });
  requireSound({ name, shared: [], records: [], problems });
  return requests;
}

/** Adds a value to the requests, or says what is wrong with it. */
function addRequest(value: unknown, requests: EditRequest[]): string | undefined {
  const checked = requestShape.safeParse(value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return `expected a request, got ${issue!.path.join('.') || 'the value'}: ${issue!.message}`;
  }
  const { relation, ...own } = checked.data;
  try {
    requests.push(validateEditRequest({ ...own, ...(relation === undefined ? {} : { relation }) }));
    return undefined;
  } catch (error) {
    if (isSakeError(error)) return error.message.replace(/^edit request: /, '');
    throw error;
  }
}

const readers: Record<DistributionFormat, (text: string) => Found[]> = {
  json(text) {
    const { starts, stoppedAt } = scanJson(text);
    const lines = createLineIndex(text);
    if (stoppedAt !== undefined)
      return [{ line: lines.lineAt(stoppedAt), trouble: 'expected JSON, got something else' }];
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value))
      return [{ line: 1, trouble: 'expected an array of requests, got another value' }];
    return value.map((each: unknown, index) => ({
      line: lines.lineAt(starts.get(String(index))!),
      value: each,
    }));
  },
  jsonl: (text) =>
    text.split('\n').flatMap((own, index): Found[] => {
      if (own.trim() === '') return [];
      try {
        return [{ line: index + 1, value: JSON.parse(own) as unknown }];
      } catch {
        return [{ line: index + 1, trouble: 'expected JSON, got something else' }];
      }
    }),
  csv(text) {
    const [heading, ...rows] = csvRows(text);
    if (heading === undefined) return [];
    const names = 'cells' in heading ? heading.cells.map((cell) => cell.trim()) : [];
    return rows.map((row): Found => {
      if ('trouble' in row)
        return { line: row.line, trouble: 'expected quotes around whole cells, got a stray one' };
      const given = row.cells.flatMap((cell, at): [string, string][] =>
        cell === '' ? [] : [[names[at] ?? `column ${at + 1}`, cell]],
      );
      return { line: row.line, value: Object.fromEntries(given) };
    });
  },
};
