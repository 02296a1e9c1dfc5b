import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SakeError, type Loader, type Mapper, type TransportMap } from '@sakejs/spec';
import { z } from 'zod';

/** What a module with a mapper of one's own exports. */
export interface MapperModule {
  /** The default export, or what it returns when it is a function. */
  readonly mapper: Mapper;
  /** The export `loader`: reads the mapper's maps again from edit files. */
  readonly loader?: Loader<TransportMap>;
}

const isFunction = (value: unknown): boolean => typeof value === 'function';
const mapperSchema = z.looseObject({
  kind: z.string().min(1),
  fit: z.custom<Mapper['fit']>(isFunction, 'must be a function'),
});
const loaderSchema = z.looseObject({
  kind: z.string().min(1),
  version: z.int().positive(),
  module: z.string().min(1),
  load: z.custom<Loader<TransportMap>['load']>(isFunction, 'must be a function'),
});

/** Whether a mapper's name means a module rather than a built-in one. */
export function isMapperModule(name: string): boolean {
  return /\.[cm]?[jt]s$/.test(name);
}

/**
 * Imports a module whose default export is a mapper, or a function that makes one; `loader`, when it exports one,
 * reads the mapper's maps back from edit files. A relative path counts from the working directory.
 *
 * @throws {SakeError} `not-found` without the module, `invalid-file` when it cannot be run or exports something else.
 */
export async function loadMapperModule(path: string): Promise<MapperModule> {
  const exported = await importModule(resolve(path));
  const mapper = await made(exported['default'], path);
  if (!mapperSchema.safeParse(mapper).success)
    throw wrong(path, 'a mapper {kind, fit} as its default export, or a function that makes one', mapper);
  const { loader } = exported;
  if (loader !== undefined && !loaderSchema.safeParse(loader).success)
    throw wrong(path, '`loader` to be {kind, version, module, load}', loader);
  return {
    mapper: mapper as Mapper,
    ...(loader === undefined ? {} : { loader: loader as Loader<TransportMap> }),
  };
}

async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  const details = { file: path };
  if (!existsSync(path))
    throw new SakeError('not-found', `loadMapper: expected a module at ${path}, got none; check the path`, {
      details,
    });
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new SakeError(
      'invalid-file',
      `loadMapper: expected the module ${path} to run, got: ${messageOf(cause)}`,
      { cause, details },
    );
  }
}

async function made(value: unknown, path: string): Promise<unknown> {
  if (typeof value !== 'function') return value;
  try {
    return await (value as () => unknown)();
  } catch (cause) {
    throw new SakeError(
      'invalid-file',
      `loadMapper: expected the default export of ${path} to make a mapper, got: ${messageOf(cause)}`,
      { cause, details: { file: path } },
    );
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function wrong(path: string, expected: string, got: unknown): SakeError {
  const shown =
    typeof got === 'object' && got !== null ? `{${Object.keys(got).join(', ')}}` : JSON.stringify(got);
  return new SakeError(
    'invalid-file',
    `loadMapper: expected ${path} to export ${expected}, got ${shown ?? 'nothing'}`,
    {
      details: { file: path },
    },
  );
}
