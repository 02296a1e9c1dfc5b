import { join } from 'node:path';
import { SakeError, type SafetensorsDtype } from '@sakejs/spec';
import { findShards } from './checkpoint-shards.js';
import { readJsonObject } from './read-json.js';
import { openShard, type ShardFile } from './shard-file.js';
import { bytesOf, isWeightDtype, widenValues } from './widen-values.js';

/** A tensor of a checkpoint, on the disk. */
export interface CheckpointTensor {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** The file that holds it. */
  readonly file: string;
}

/** A folder of `config.json` and safetensors, opened. */
export interface Checkpoint {
  readonly folder: string;
  /** What `config.json` says. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, CheckpointTensor>;
  /**
   * Values of the rows [from, to) along a tensor's first axis; half precision is widened.
   *
   * @throws {SakeError} `not-found` for an unknown tensor, `unsupported` for one that holds no floating-point numbers,
   *   `io`.
   */
  readRows(name: string, from: number, to: number): Promise<Float32Array | Float64Array>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface PlacedTensor extends CheckpointTensor {
  readonly shard: ShardFile;
  /** First byte in the file. */
  readonly offset: number;
}

/**
 * Opens the folder of a Hugging Face checkpoint: `config.json` and `model.safetensors`, or shards and their index.
 *
 * Only headers are read; they are checked against the files' sizes.
 * @throws {SakeError} `not-found` for missing files, `invalid-file` for damaged ones, for tensors that the index or two
 *   shards disagree about, `io`; each names the file and, where it is about one, the tensor.
 */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  const config = await readJsonObject(join(folder, 'config.json'), 'openCheckpoint');
  const { files, index } = await findShards(folder);
  const shards: ShardFile[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(shards.splice(0).map((shard) => shard.close()));
  };
  try {
    for (const file of files) shards.push(await openShard(join(folder, file)));
    const tensors = placeTensors(shards);
    if (index !== undefined) checkIndex(index, tensors, folder);
    return {
      folder,
      config,
      tensors,
      readRows: async (name, from, to) => readRows(tensors, name, from, to),
      [Symbol.asyncDispose]: close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

function placeTensors(shards: readonly ShardFile[]): Map<string, PlacedTensor> {
  const tensors = new Map<string, PlacedTensor>();
  for (const shard of shards)
    for (const { name, dtype, shape, begin } of shard.header.entries) {
      const other = tensors.get(name);
      if (other !== undefined)
        throw new SakeError(
          'invalid-file',
          `openCheckpoint: expected the tensor "${name}" in one file, got it in ${other.file} and ${shard.path}`,
          { details: { tensor: name, files: [other.file, shard.path] } },
        );
      tensors.set(name, { name, dtype, shape, file: shard.path, shard, offset: shard.start + begin });
    }
  return tensors;
}

/** What the index says is somewhere must be there; tensors that it leaves out do no harm. */
function checkIndex(
  index: ReadonlyMap<string, string>,
  tensors: ReadonlyMap<string, PlacedTensor>,
  folder: string,
): void {
  for (const [name, file] of index) {
    const path = join(folder, file);
    const found = tensors.get(name)?.file;
    if (found !== path)
      throw new SakeError(
        'invalid-file',
        `openCheckpoint: expected the tensor "${name}" in ${path}, as the index says, got it in ${found ?? 'no file'}`,
        { details: { tensor: name, file: path } },
      );
  }
}

async function readRows(
  tensors: ReadonlyMap<string, PlacedTensor>,
  name: string,
  from: number,
  to: number,
): Promise<Float32Array | Float64Array> {
  const tensor = tensors.get(name);
  if (tensor === undefined)
    throw new SakeError('not-found', `readRows: expected a tensor of the checkpoint, got "${name}"`);
  const { dtype, shape, shard, offset } = tensor;
  if (!isWeightDtype(dtype))
    throw new SakeError(
      'unsupported',
      `readRows: expected F64, F32, F16 or BF16 for "${name}" in ${shard.path}, got ${dtype}; quantized checkpoints are not read`,
      { details: { tensor: name, file: shard.path } },
    );
  const rowBytes = shape.slice(1).reduce((product, size) => product * size, bytesOf(dtype));
  return widenValues(await shard.read(offset + from * rowBytes, (to - from) * rowBytes), dtype);
}
