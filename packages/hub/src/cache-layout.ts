import { randomUUID } from 'node:crypto';
import {
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { diskError } from './hub-failure.js';
import { isCommit } from './hub-id.js';

/** Where a repository's files are in the cache that all Hugging Face libraries share. */
export interface CacheLayout {
  /** `models--owner--name`. */
  readonly folder: string;
  /** Contents, named by their hashes. */
  readonly blobs: string;
  /** The folder of a commit's files: links into `blobs`. */
  snapshot(commit: string): string;
}

/** The layout of one repository under the cache folder. */
export function cacheLayout(cacheDir: string, id: string): CacheLayout {
  const folder = join(cacheDir, ['models', ...id.split('/')].join('--'));
  return {
    folder,
    blobs: join(folder, 'blobs'),
    snapshot: (commit) => join(folder, 'snapshots', commit),
  };
}

/** The size of a file, links followed; `undefined` where there is none. */
export async function fileSize(path: string): Promise<number | undefined> {
  try {
    const entry = await stat(path);
    return entry.isFile() ? entry.size : undefined;
  } catch {
    return undefined;
  }
}

/** The commit that a revision was when it was last seen; `undefined` where the cache does not know it. */
export async function readRef({ folder }: CacheLayout, revision: string): Promise<string | undefined> {
  if (isCommit(revision)) return revision;
  const commit = await readFile(join(folder, 'refs', revision), 'utf8').catch(() => '');
  return isCommit(commit.trim()) ? commit.trim() : undefined;
}

/** Notes the commit of a revision, in one step. */
export async function writeRef(layout: CacheLayout, revision: string, commit: string): Promise<void> {
  if ((await readRef(layout, revision)) === commit) return;
  const path = join(layout.folder, 'refs', revision);
  await replace(path, (temporary) => writeFile(temporary, commit));
}

/** The files of a snapshot with their sizes; links to nothing are left out. */
export async function listSnapshot(folder: string): Promise<{ path: string; size: number }[]> {
  const files: { path: string; size: number }[] = [];
  const visit = async (prefix: string): Promise<void> => {
    const entries = await readdir(join(folder, prefix), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = prefix ? `${prefix}/${entry.name}` : entry.name;
      if (entry.isDirectory()) await visit(path);
      else {
        const size = await fileSize(join(folder, path));
        if (size !== undefined) files.push({ path, size });
      }
    }
  };
  await visit('');
  return files;
}

/** The calls of the system that put a blob into a snapshot. */
export interface LinkCalls {
  readonly symlink: (target: string, path: string) => Promise<void>;
  readonly link: (target: string, path: string) => Promise<void>;
}

/**
 * Puts a blob into a snapshot: a relative link, as the other libraries make them.
 *
 * Where links need rights that a user lacks (Windows), a second name of the same file; where there are none of those
 * either, a copy. Done in one step, so that another process sees all or nothing.
 */
export async function placeInSnapshot(
  blob: string,
  path: string,
  calls: LinkCalls = { symlink, link },
): Promise<void> {
  await replace(path, async (temporary) => {
    try {
      await calls.symlink(relative(dirname(path), blob), temporary);
    } catch {
      await calls.link(blob, temporary).catch(() => copyFile(blob, temporary));
    }
  });
}

async function replace(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID()}.sakejs`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await make(temporary);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw diskError(`write ${path}`, cause);
  }
}
