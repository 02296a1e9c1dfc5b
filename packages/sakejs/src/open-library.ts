import { openEditLibrary, type DiskEditLibrary, type EditLoaders } from '@sakejs/editor';
import { scopeLoaders } from '@sakejs/scope';
import { transportLoaders } from '@sakejs/transport';
import { loadersOfModules, loadMapper } from './mappers.js';

/** Loaders of every built-in map and scope, and of the mapper modules loaded so far. */
export function editLoaders(): EditLoaders {
  return { mapLoaders: [...transportLoaders, ...loadersOfModules()], scopeLoaders };
}

export interface OpenLibraryOptions {
  /** Mapper modules whose edits the folder may hold. */
  readonly modules?: readonly string[];
}

/**
 * Opens the folder that keeps edits; a missing one is an empty library, made with the first edit.
 *
 * @throws {SakeError} as `openEditLibrary` and {@link loadMapper}.
 */
export async function openLibrary(
  directory: string,
  options: OpenLibraryOptions = {},
): Promise<DiskEditLibrary> {
  for (const module of options.modules ?? []) await loadMapper(module);
  return openEditLibrary(directory, editLoaders());
}
