import { SakeError, type Mapper } from '@sakejs/spec';
import { buresWasserstein, diagonalGaussian, identity, meanShift } from '@sakejs/transport';
import { isMapperModule, loadMapperModule } from './mapper-module.js';

/** Built-in mappers by name, each with its default options. */
export const builtInMappers: Readonly<Record<string, () => Mapper>> = {
  'bures-wasserstein': () => buresWasserstein(),
  'bures-wasserstein-cv': () => buresWasserstein({ ridge: 'cross-validated' }),
  'diagonal-gaussian': () => diagonalGaussian(),
  'mean-shift': () => meanShift(),
  identity: () => identity(),
};

/**
 * A mapper by its built-in name, or from a module (a path that ends in `.mjs`, `.js`, `.cjs`, `.ts`, `.mts` or `.cts`).
 *
 * @throws {SakeError} `unknown-kind` for a name that is neither, and as {@link loadMapperModule}.
 */
export async function loadMapper(nameOrPath: string): Promise<Mapper> {
  const builtIn = Object.hasOwn(builtInMappers, nameOrPath) ? builtInMappers[nameOrPath] : undefined;
  if (builtIn !== undefined) return builtIn();
  if (isMapperModule(nameOrPath)) return (await loadMapperModule(nameOrPath)).mapper;
  throw new SakeError(
    'unknown-kind',
    `loadMapper: expected one of ${Object.keys(builtInMappers).join(', ')}, or a module such as ./mine.mjs, got ${JSON.stringify(nameOrPath)}`,
  );
}
