import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { SakeError } from '@sakejs/spec';

/**
 * A corpus in a file, streamed: a text a line; in a file of the name `.jsonl`, each line a JSON string or an object with
 * `text`.
 *
 * @throws {SakeError} `not-found` for a file that cannot be read, `invalid-file` with the number of a line that is no text.
 */
export async function* corpusFile(path: string): AsyncGenerator<string> {
  const lines = createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity });
  const isJson = path.endsWith('.jsonl');
  let number = 0;
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() !== '') yield isJson ? textOf(line, path, number) : line;
    }
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause)) throw cause;
    throw new SakeError(
      'not-found',
      `corpusFile: expected a file of texts at ${path}, got: ${cause.message}`,
      {
        cause,
      },
    );
  }
}

function textOf(line: string, path: string, number: number): string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  const text = typeof value === 'string' ? value : (value as { text?: unknown } | null | undefined)?.text;
  if (typeof text === 'string') return text;
  throw new SakeError(
    'invalid-file',
    `corpusFile: expected a JSON string or an object with text in line ${number} of ${path}, got ${line.slice(0, 60)}`,
    { details: { path, line: number } },
  );
}
