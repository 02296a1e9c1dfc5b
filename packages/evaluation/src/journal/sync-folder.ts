import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Flushes a folder's list of names to disk; Windows offers no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a folder and those above it, so that they outlast a power failure. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  const top = dirname(resolve(first));
  for (let each = resolve(folder); each !== top && each !== dirname(each); each = dirname(each))
    await syncFolder(dirname(each));
}
