import { readFile } from 'node:fs/promises';
import { diskError, hubError } from './hub-failure.js';
import type { Selection } from './select-files.js';

/** The file of onnxruntime-genai that says which graph a model is. */
export const GENAI_CONFIG = 'genai_config.json';

/** No such file is larger; real ones have a few thousand bytes. */
export const MOST_GENAI_BYTES: number = 2 ** 20;

/** Whether a selection leaves the graph to the repository's own genai_config.json. */
export function asksGenaiConfig({ format, dtype, file }: Selection): boolean {
  return format !== 'checkpoint' && dtype === undefined && file === undefined;
}

/**
 * The graph that a genai_config.json names: `model.decoder.filename`.
 *
 * @param about the file, in words, for errors.
 * @returns undefined where it names none.
 * @throws {SakeError} `invalid-file` for a file that is no JSON or names something else than a path; `io`.
 */
export async function readGenaiGraph(file: string, about: string): Promise<string | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw diskError(`read ${file}`, cause);
  }
  let config: unknown;
  try {
    config = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw hubError(
      'answer',
      `expected ${about} to hold JSON, got ${(cause as Error).message}`,
      { file },
      cause,
    );
  }
  const { model } = (config ?? {}) as { model?: { decoder?: { filename?: unknown } } };
  const filename = model?.decoder?.filename;
  if (filename === undefined || (typeof filename === 'string' && filename !== '')) return filename;
  throw hubError(
    'answer',
    `expected model.decoder.filename of ${about} to be a path, got ${JSON.stringify(filename)}`,
    {
      file,
    },
  );
}
