import { readFile } from 'node:fs/promises';
import { SakeError } from '@sakejs/spec';
import { z } from 'zod';

const textsSchema = z.array(z.string()).min(1);

/**
 * The texts of a file: a JSON array of texts where its name ends in `.json`, else one text a line, empty lines left
 * out.
 *
 * @throws {SakeError} `not-found` or `io` for a file that cannot be read, `invalid-file` for one without texts.
 */
export async function readTexts(file: string): Promise<string[]> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw code === 'ENOENT'
      ? new SakeError('not-found', `--prompts: expected a file of texts, got ${file}, which is none`, {
          cause,
        })
      : new SakeError('io', `--prompts: cannot read ${file}: ${message}`, { cause });
  }
  const texts = textsSchema.safeParse(
    file.endsWith('.json') ? parseJson(content) : content.split(/\r?\n/).filter((line) => line.trim() !== ''),
  );
  if (texts.success) return texts.data;
  throw new SakeError(
    'invalid-file',
    `--prompts: expected ${file} to hold at least one text, one a line or a JSON array of texts in a .json file, got neither`,
    { details: { file } },
  );
}

/** The value of a JSON text, or undefined for other text. */
function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
