import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  decoderWeights,
  parseDecoderConfig,
  toBfloat16Bits,
  toFloat16Bits,
  type WeightSpec,
} from '@sakejs/onnx';
import { createRandom, type Random } from '@sakejs/spec';
import { BYTE_VOCABULARY, byteTokenizer } from './byte-tokenizer.js';

export type RandomDtype = 'F32' | 'F16' | 'BF16' | 'F64';

export interface RandomCheckpointOptions {
  readonly dtype?: RandomDtype;
  readonly seed?: number;
  /** A file is closed before it grows beyond this. Default 4 GiB. */
  readonly shardBytes?: number;
  /** Numbers drawn once; each row of a weight is a stretch of them. Default 2^20. */
  readonly pool?: number;
  readonly onTensor?: (done: number, total: number, name: string) => void;
}

const ELEMENT_BYTES: Readonly<Record<RandomDtype, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };
const FLUSH_BYTES = 2 ** 24;

/**
 * Writes a checkpoint of any shape with seeded random weights, and a tokenizer whose tokens are bytes.
 *
 * Matrices are N(0, 1 / inputs), those that add to the residual stream smaller the more layers there are; norms and
 * biases lie near 1 and 0. Rows are stretches of one pool of numbers from random places on, so that billions of values
 * are written as fast as the disk takes them. Memory: the pool, a few times, and 16 MiB.
 */
export async function writeRandomCheckpoint(
  folder: string,
  config: Readonly<Record<string, unknown>>,
  options: RandomCheckpointOptions = {},
): Promise<string> {
  const { dtype = 'F32', seed = 0, shardBytes = 2 ** 32, pool = 2 ** 20, onTensor } = options;
  const decoder = parseDecoderConfig(config);
  const specs = decoderWeights(decoder);
  const random = createRandom(`random checkpoint ${seed}`);
  const normals = Float64Array.from({ length: pool }, () => random.normal());
  const bytesOf = ({ shape }: WeightSpec): number => product(shape) * ELEMENT_BYTES[dtype];
  const shards = split(specs, bytesOf, shardBytes);
  const names = shards.map((_, i) =>
    shards.length === 1
      ? 'model.safetensors'
      : `model-${number(i + 1)}-of-${number(shards.length)}.safetensors`,
  );
  await mkdir(folder, { recursive: true });
  const pools = new Map<string, Uint8Array>();
  let done = 0;
  for (const [i, shard] of shards.entries()) {
    const file = await open(join(folder, names[i]!), 'w');
    try {
      await file.write(headerOf(shard, dtype, bytesOf));
      for (const spec of shard) {
        const { mean, spread } = distribution(spec, decoder.layers);
        const key = `${mean} ${spread}`;
        const encoded =
          pools.get(key) ??
          encode(
            normals.map((z) => mean + spread * z),
            dtype,
          );
        pools.set(key, encoded);
        for (const bytes of rowsOf(spec, encoded, ELEMENT_BYTES[dtype], random)) await file.write(bytes);
        onTensor?.(++done, specs.length, spec.name);
      }
    } finally {
      await file.close();
    }
  }
  const write = (name: string, value: unknown): Promise<void> =>
    writeFile(join(folder, name), JSON.stringify(value));
  if (shards.length > 1)
    await write('model.safetensors.index.json', {
      metadata: { total_size: specs.reduce((sum, spec) => sum + bytesOf(spec), 0) },
      weight_map: Object.fromEntries(
        shards.flatMap((shard, i) => shard.map(({ name }) => [name, names[i]!])),
      ),
    });
  await write('config.json', config);
  const endOfText = BYTE_VOCABULARY - 1;
  if (decoder.vocabularySize >= BYTE_VOCABULARY) {
    const tokenizer = byteTokenizer();
    await write('tokenizer.json', tokenizer.json);
    await write('tokenizer_config.json', tokenizer.config);
    await write('generation_config.json', { eos_token_id: endOfText });
  }
  return folder;
}

function distribution({ shape, role }: WeightSpec, layers: number): { mean: number; spread: number } {
  // The smaller side, whichever way the family stores its matrices; near enough for random ones.
  const inputs = Math.min(...shape);
  switch (role) {
    case 'embedding':
      return { mean: 0, spread: 1 };
    case 'projection':
      return { mean: 0, spread: 1 / Math.sqrt(inputs) };
    case 'output-projection':
      return { mean: 0, spread: 1 / Math.sqrt(inputs * layers) };
    case 'scale':
      return { mean: 1, spread: 0.1 };
    case 'bias':
      return { mean: 0, spread: 0.1 };
  }
}

/** Bytes of a tensor, some rows at a time; each row begins somewhere else in the pool. */
function* rowsOf(
  { shape }: WeightSpec,
  pool: Uint8Array,
  elementBytes: number,
  random: Random,
): Generator<Uint8Array> {
  const length = shape.at(-1)! * elementBytes;
  const rows = product(shape.slice(0, -1));
  const together = Math.max(1, Math.floor(FLUSH_BYTES / length));
  for (let row = 0; row < rows; row += together) {
    const count = Math.min(together, rows - row);
    const bytes = new Uint8Array(count * length);
    for (let r = 0; r < count; r++) {
      let from = random.integer(pool.length / elementBytes) * elementBytes;
      for (let at = 0; at < length; from = 0) {
        const part = pool.subarray(from, from + length - at);
        bytes.set(part, r * length + at);
        at += part.length;
      }
    }
    yield bytes;
  }
}

function encode(values: Float64Array, dtype: RandomDtype): Uint8Array {
  const array =
    dtype === 'F64'
      ? values
      : dtype === 'F32'
        ? Float32Array.from(values)
        : Uint16Array.from(values, dtype === 'F16' ? toFloat16Bits : toBfloat16Bits);
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function headerOf(
  shard: readonly WeightSpec[],
  dtype: RandomDtype,
  bytesOf: (spec: WeightSpec) => number,
): Uint8Array {
  let end = 0;
  const entries = shard.map((spec): [string, unknown] => {
    const begin = end;
    end += bytesOf(spec);
    return [spec.name, { dtype, shape: spec.shape, data_offsets: [begin, end] }];
  });
  const json = JSON.stringify(Object.fromEntries([['__metadata__', { format: 'pt' }], ...entries]));
  const text = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  const bytes = new Uint8Array(8 + text.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function split(
  specs: readonly WeightSpec[],
  bytesOf: (spec: WeightSpec) => number,
  limit: number,
): WeightSpec[][] {
  const shards: WeightSpec[][] = [[]];
  let size = 0;
  for (const spec of specs) {
    if (size > 0 && size + bytesOf(spec) > limit) {
      shards.push([]);
      size = 0;
    }
    shards.at(-1)!.push(spec);
    size += bytesOf(spec);
  }
  return shards;
}

function number(value: number): string {
  return String(value).padStart(5, '0');
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}
