import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { MethodEntry } from '@sakejs/evaluation';
import { SakeError, type EditMethod, type ModelInfo } from '@sakejs/spec';
import {
  createMethod,
  isMapperModule,
  keyMomentsDirectory,
  loadMapper,
  mappedMethodNames,
  methodNames,
} from 'sakejs';
import { z } from 'zod';

/** The unedited model. */
export const UNEDITED = 'none';

/** Names that need no module. */
export const knownMethods: readonly string[] = [UNEDITED, ...methodNames];

/** Whether a name means a module of one's own. */
export const isModule = isMapperModule;

const methodSchema = z.looseObject({
  name: z.string().min(1),
  learn: z.custom<EditMethod['learn']>((value) => typeof value === 'function', 'must be a function'),
});

/**
 * Rows of a table from names of methods: built-in ones, or modules (`./my-method.mjs`).
 *
 * A module's default export is an {@link EditMethod}, or a function that makes one for the model. With a mapper (built-in
 * name or module) every built-in method that maps activations is given it, and its name says so. Methods that change weights
 * find key moments where `sake-bench stats` puts them, or put them there.
 *
 * @throws {SakeError} `not-found` without the module, `invalid-file` when it exports something else, and as `loadMapper`.
 */
export async function methodEntries(
  names: readonly string[],
  info: ModelInfo,
  mapper?: string,
): Promise<MethodEntry[]> {
  const replaced = mapper === undefined ? undefined : await loadMapper(mapper);
  const mapperPrint = mapper !== undefined && isModule(mapper) ? fileHash(mapper) : mapper;
  return Promise.all(
    names.map(async (name): Promise<MethodEntry> => {
      if (name === UNEDITED) return { name };
      if (isModule(name)) return ownMethod(name, info);
      if (replaced === undefined || !mappedMethodNames.includes(name))
        return { name, method: createMethod(name, info, { momentsDirectory: keyMomentsDirectory() }) };
      return {
        name: `${name} (${mapper})`,
        method: createMethod(name, info, { mapper: replaced }),
        fingerprint: `mapper ${mapperPrint}`,
      };
    }),
  );
}

async function ownMethod(path: string, info: ModelInfo): Promise<MethodEntry> {
  const file = resolve(path);
  const details = { file };
  if (!existsSync(file))
    throw new SakeError(
      'not-found',
      `methodEntries: expected a module at ${path}, got none; check the path`,
      {
        details,
      },
    );
  const wrong = (got: string, cause?: unknown): SakeError =>
    new SakeError(
      'invalid-file',
      `methodEntries: expected ${path} to export a method {name, learn} by default, or a function that makes one, got ${got}`,
      { details, cause },
    );
  let made: unknown;
  try {
    const { default: exported } = (await import(pathToFileURL(file).href)) as { default?: unknown };
    made = typeof exported === 'function' ? await (exported as (info: ModelInfo) => unknown)(info) : exported;
  } catch (cause) {
    throw wrong(`the error: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  const parsed = methodSchema.safeParse(made);
  if (!parsed.success) throw wrong(parsed.error.issues.map(({ message }) => message).join('; '));
  return { name: parsed.data.name, method: made as EditMethod, fingerprint: fileHash(path) };
}

/** SHA-256 of a file's bytes: a module's work is kept under it. What it imports is not looked at. */
function fileHash(path: string): string {
  return createHash('sha256')
    .update(readFileSync(resolve(path)))
    .digest('hex');
}
