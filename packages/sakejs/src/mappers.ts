import { pathToFileURL } from 'node:url';
import { isAbsolute, resolve } from 'node:path';
import { SakeError, type Loader, type Mapper, type TransportMap } from '@sakejs/spec';
import { buresWasserstein, diagonalGaussian, identity, meanShift } from '@sakejs/transport';
import { z } from 'zod';

/** Built-in mappers by name, each with its default options. */
export const builtInMappers: Readonly<Record<string, () => Mapper>> = {
  'bures-wasserstein': () => buresWasserstein(),
  'bures-wasserstein-cv': () => buresWasserstein({ ridge: 'cross-validated' }),
  'diagonal-gaussian': () => diagonalGaussian(),
  'mean-shift': () => meanShift(),
  identity: () => identity(),
};

const isFunction = (value: unknown): boolean => typeof value === 'function';
const mapperSchema = z.looseObject({
  kind: z.string().min(1),
  fit: z.custom<Mapper['fit']>(isFunction, 'must be a function'),
});
const loaderSchema = z.looseObject({
  kind: z.string().min(1),
  version: z.number(),
  module: z.string(),
  load: z.custom<Loader<TransportMap>['load']>(isFunction, 'must be a function'),
});

/** Loaders that mappers from modules brought along, so that their edits can be reloaded in this process. */
const moduleLoaders: Loader<TransportMap>[] = [];

/** @see {@link loadMapper} */
export function loadersOfModules(): readonly Loader<TransportMap>[] {
  return moduleLoaders;
}

/**
 * A mapper by its built-in name, or from a module's default export: a mapper, or a function that makes one.
 *
 * A module that also exports `loader` (a `Loader<TransportMap>`) lets edits made with it be loaded again.
 *
 * @throws {SakeError} `unknown-kind` for a name that is neither, `invalid-file` when the module exports no mapper.
 */
export async function loadMapper(nameOrPath: string): Promise<Mapper> {
  const builtIn = Object.hasOwn(builtInMappers, nameOrPath) ? builtInMappers[nameOrPath] : undefined;
  if (builtIn) return builtIn();
  if (!/\.(mjs|js|cjs|ts|mts)$/.test(nameOrPath))
    throw new SakeError(
      'unknown-kind',
      `loadMapper: expected one of ${Object.keys(builtInMappers).join(', ')} or a module such as ./mine.mjs, got ${JSON.stringify(nameOrPath)}`,
    );
  const path = isAbsolute(nameOrPath) ? nameOrPath : resolve(nameOrPath);
  let module: { default?: unknown; loader?: unknown };
  try {
    module = (await import(pathToFileURL(path).href)) as typeof module;
  } catch (cause) {
    throw new SakeError(
      'invalid-file',
      `loadMapper: expected a module at ${path}, got: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
  const value: unknown =
    typeof module.default === 'function' ? (module.default as () => unknown)() : module.default;
  const mapper = mapperSchema.safeParse(value);
  if (!mapper.success)
    throw new SakeError(
      'invalid-file',
      `loadMapper: expected ${path} to export a mapper {kind, fit} as its default (or a function that makes one): ${z.prettifyError(mapper.error)}`,
    );
  if (module.loader !== undefined) {
    const loader = loaderSchema.safeParse(module.loader);
    if (!loader.success)
      throw new SakeError(
        'invalid-file',
        `loadMapper: expected the \`loader\` of ${path} to be {kind, version, module, load}: ${z.prettifyError(loader.error)}`,
      );
    if (!moduleLoaders.some(({ kind }) => kind === loader.data.kind)) moduleLoaders.push(loader.data);
  }
  return value as Mapper;
}
