import { join } from 'node:path';
import { fileSize, placeInSnapshot, type CacheLayout } from './cache-layout.js';
import { fetchBlob } from './fetch-blob.js';
import { stopIfAborted, type HubConnection } from './hub-connection.js';
import type { RepositoryFile } from './repository.js';

/** A commit of a repository, and where its files go. */
export interface CommitPlace {
  readonly connection: HubConnection;
  readonly layout: CacheLayout;
  readonly id: string;
  readonly revision: string;
  readonly commit: string;
}

/**
 * Downloads a file of a commit into its snapshot, unless it is there.
 *
 * @param onBytes told how much of the file is here.
 * @returns its path on this machine.
 * @throws {SakeError} of {@link fetchBlob}, `aborted`.
 */
export async function ensureFile(
  { connection, layout, id, revision, commit }: CommitPlace,
  file: RepositoryFile,
  onBytes: (here: number) => void = () => undefined,
): Promise<string> {
  stopIfAborted(connection.signal);
  const path = join(layout.snapshot(commit), file.path);
  if ((await fileSize(path)) === file.size) {
    onBytes(file.size);
    return path;
  }
  const name = file.path.split('/').map(encodeURIComponent).join('/');
  const blob = await fetchBlob(connection, {
    url: `${connection.endpoint}/${id}/resolve/${commit}/${name}`,
    file,
    blobs: layout.blobs,
    about: `${file.path} of ${id} at ${revision}`,
    onBytes,
  });
  await placeInSnapshot(blob, path);
  return path;
}
