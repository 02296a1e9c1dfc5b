import { SakeError, type SafetensorsFile } from '@sakejs/spec';
import { int } from '../attributes.js';
import type { GraphBuilder } from '../graph-builder.js';
import { DataType } from '../ir.js';
import { fromBfloat16Bits, fromFloat16Bits } from '../tensors/float16.js';
import { makeTensor } from '../tensors/make-tensor.js';
import type { DecoderConfig } from './config.js';
import { decoderWeights, type WeightSpec } from './weights.js';

/** A weight's shape and values, row-major. */
export interface DecoderWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** How matrices are stored: half precision halves the file and is widened when the model is loaded. */
export type WeightStorage = 'float32' | 'float16';

/** The floating-point tensors of a checkpoint, half precision widened; integer buffers are left out. */
export function weightsFromSafetensors(file: SafetensorsFile): Map<string, DecoderWeight> {
  const weights = new Map<string, DecoderWeight>();
  for (const [name, { dtype, shape, data }] of Object.entries(file.tensors)) {
    if (data instanceof Float32Array || data instanceof Float64Array) weights.set(name, { shape, data });
    else if (dtype === 'F16') weights.set(name, { shape, data: widen(data as Uint16Array, fromFloat16Bits) });
    else if (dtype === 'BF16')
      weights.set(name, { shape, data: widen(data as Uint16Array, fromBfloat16Bits) });
  }
  return weights;
}

/** Puts a checkpoint's weights into a graph as initializers, each once. */
export class StoredWeights {
  readonly #builder: GraphBuilder;
  readonly #weights: ReadonlyMap<string, DecoderWeight>;
  readonly #specs: ReadonlyMap<string, WeightSpec>;
  readonly #storage: WeightStorage;
  readonly #stored = new Map<string, string>();

  constructor(
    builder: GraphBuilder,
    config: DecoderConfig,
    weights: ReadonlyMap<string, DecoderWeight>,
    storage: WeightStorage,
  ) {
    this.#builder = builder;
    this.#specs = new Map(decoderWeights(config).map((spec) => [spec.name, spec]));
    this.#weights = weights;
    this.#storage = storage;
  }

  /** Whether the decoder has a weight of that name. */
  has(name: string): boolean {
    return this.#specs.has(name);
  }

  /** A float32 tensor of a weight as it is; vectors are always stored in full. */
  float32(name: string): string {
    return this.#once(`${name}:float32`, () => this.#widened(this.stored(name)));
  }

  /** A float32 tensor of a matrix's transpose, stored as such. */
  transposed(name: string): string {
    return this.#once(`${name}:transposed`, () => {
      const { shape, data } = this.#find(name);
      const [rows = 0, columns = 0] = shape;
      const turned = { shape: [columns, rows], data: transpose(data, rows, columns) };
      return this.#widened(this.#add(`${name}_transposed`, turned));
    });
  }

  /** The initializer of a weight, of the type that it is stored in. */
  stored(name: string): string {
    return this.#once(name, () => this.#add(name, this.#find(name)));
  }

  /** Widens rows gathered from a stored table. */
  widen(tensor: string): string {
    if (this.#storage === 'float32') return tensor;
    return this.#builder.node('Cast', [tensor], { attributes: { to: int(DataType.FLOAT) } });
  }

  #widened(name: string): string {
    const tensor = this.#builder.graph.initializers.find((initializer) => initializer.name === name);
    return tensor?.dataType === DataType.FLOAT16 ? this.widen(name) : name;
  }

  #add(name: string, { shape, data }: DecoderWeight): string {
    const half = this.#storage === 'float16' && shape.length > 1;
    return this.#builder.initializer(makeTensor(name, shape, data, half ? DataType.FLOAT16 : DataType.FLOAT));
  }

  #once(key: string, add: () => string): string {
    const name = this.#stored.get(key) ?? add();
    this.#stored.set(key, name);
    return name;
  }

  #find(name: string): DecoderWeight {
    const { shape } = this.#specs.get(name)!;
    // Checkpoints of the bare model leave the first part of the name out.
    const weight = this.#weights.get(name) ?? this.#weights.get(name.slice(name.indexOf('.') + 1));
    if (weight === undefined)
      throw new SakeError('not-found', `buildDecoder: expected the weight "${name}", got none of that name`, {
        details: { name, shape },
      });
    if (weight.shape.length !== shape.length || weight.shape.some((size, axis) => size !== shape[axis]))
      throw new SakeError(
        'shape-mismatch',
        `buildDecoder: expected the weight "${name}" of shape [${shape.join(', ')}], got [${weight.shape.join(', ')}]`,
        { details: { name, expected: shape, got: weight.shape } },
      );
    return weight;
  }
}

function widen(bits: Uint16Array, value: (bits: number) => number): Float32Array {
  return Float32Array.from(bits, value);
}

const TILE = 32;

/** In tiles, so that neither side jumps over memory for long. */
function transpose(data: Float32Array | Float64Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(data.length);
  for (let top = 0; top < rows; top += TILE)
    for (let left = 0; left < columns; left += TILE)
      for (let r = top; r < Math.min(top + TILE, rows); r++)
        for (let c = left; c < Math.min(left + TILE, columns); c++)
          turned[c * rows + r] = data[r * columns + c]!;
  return turned;
}
