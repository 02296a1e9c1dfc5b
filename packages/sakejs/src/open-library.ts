import { openEditLibrary, type DiskEditLibrary, type EditLoaders } from '@sakejs/editor';
import { scopeLoaders } from '@sakejs/scope';
import { SakeError, type Loader, type TransportMap } from '@sakejs/spec';
import { transportLoaders } from '@sakejs/transport';
import { loadMapperModule } from './mapper-module.js';

/**
 * Loaders of every built-in map and scope, and of the given mapper modules.
 *
 * @throws {SakeError} `already-exists` when two of them claim one kind, and as `loadMapperModule`.
 */
export async function editLoaders(modules: readonly string[] = []): Promise<EditLoaders> {
  const mapLoaders: Loader<TransportMap>[] = [...transportLoaders];
  for (const path of new Set(modules)) {
    const { loader } = await loadMapperModule(path);
    if (loader === undefined) continue;
    const taken = mapLoaders.find(({ kind }) => kind === loader.kind);
    if (taken !== undefined)
      throw new SakeError(
        'already-exists',
        `editLoaders: expected a kind of its own from ${path}, got '${loader.kind}', which ${taken.module} offers; name it otherwise`,
        { details: { file: path, kind: loader.kind } },
      );
    mapLoaders.push(loader);
  }
  return { mapLoaders, scopeLoaders };
}

export interface OpenLibraryOptions {
  /** Mapper modules whose edits the folder may hold. */
  readonly modules?: readonly string[];
}

/**
 * Opens the folder that keeps edits; a missing one is an empty library, made with the first edit.
 *
 * Files that cannot be read do not stop the others; they are listed under `broken`.
 *
 * @throws {SakeError} `io` when the folder cannot be read, and as {@link editLoaders}.
 */
export async function openLibrary(
  directory: string,
  { modules = [] }: OpenLibraryOptions = {},
): Promise<DiskEditLibrary> {
  return openEditLibrary(directory, await editLoaders(modules));
}
