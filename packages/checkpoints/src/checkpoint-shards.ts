import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SakeError } from '@sakejs/spec';
import { readJsonObject } from './read-json.js';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

/** The files that hold a checkpoint's tensors. */
export interface CheckpointShards {
  readonly files: readonly string[];
  /** Which tensor the index says is where; absent for a checkpoint of one file. */
  readonly index?: ReadonlyMap<string, string>;
}

/**
 * Finds `model.safetensors`, or the shards that `model.safetensors.index.json` names.
 *
 * @throws {SakeError} `not-found` for a folder without either or an index of missing shards, `invalid-file` for an
 *   index that is damaged or names files outside the folder.
 */
export async function findShards(folder: string): Promise<CheckpointShards> {
  const names = await namesIn(folder);
  if (names.includes(SINGLE)) return { files: [SINGLE] };
  if (!names.includes(INDEX)) throw noWeights(folder, names);
  const path = join(folder, INDEX);
  const map = (await readJsonObject(path, 'openCheckpoint'))['weight_map'];
  if (typeof map !== 'object' || map === null || Array.isArray(map))
    throw invalidIndex(path, 'an object "weight_map"', JSON.stringify(map) ?? 'none');
  const index = new Map<string, string>();
  for (const [tensor, file] of Object.entries(map)) {
    // A name, not a path: nothing outside the folder is read.
    if (typeof file !== 'string' || !/^[^/\\]+\.safetensors$/.test(file))
      throw invalidIndex(path, `a .safetensors file in the folder for "${tensor}"`, JSON.stringify(file));
    index.set(tensor, file);
  }
  if (index.size === 0) throw invalidIndex(path, 'at least one tensor', 'none');
  const files = [...new Set(index.values())].sort();
  const missing = files.filter((file) => !names.includes(file));
  if (missing.length > 0)
    throw new SakeError(
      'not-found',
      `openCheckpoint: expected the shards that ${path} names, got none named ${missing.join(', ')}; download them too`,
      { details: { folder, missing } },
    );
  return { files, index };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new SakeError(
      'not-found',
      `openCheckpoint: expected the folder of a checkpoint, got ${folder}: ${(cause as Error).message}`,
      { details: { folder }, cause },
    );
  }
}

function noWeights(folder: string, names: readonly string[]): SakeError {
  const pickled = names.filter((name) => /\.(bin|pt|pth|ckpt|h5|msgpack|gguf)$/.test(name));
  const remedy =
    pickled.length > 0
      ? `only ${pickled.join(', ')}; this reads safetensors, which the model's page on the hub may offer as well`
      : 'neither';
  return new SakeError(
    'not-found',
    `openCheckpoint: expected ${SINGLE} or ${INDEX} in ${folder}, got ${remedy}`,
    {
      details: { folder },
    },
  );
}

function invalidIndex(file: string, expected: string, got: string): SakeError {
  return new SakeError('invalid-file', `openCheckpoint: expected ${expected} in ${file}, got ${got}`, {
    details: { file },
  });
}
