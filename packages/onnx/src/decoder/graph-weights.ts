import { int, ints } from '../attributes.js';
import type { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxTensor } from '../ir.js';
import type { DecoderConfig } from './config.js';
import { BLOCK_SIZE, type PlannedWeight, type WeightEncoding, type WeightStorage } from './planned-weight.js';
import { decoderWeights, headName, matrixOrder, type WeightSpec } from './weights.js';

export interface GraphWeightOptions {
  readonly storage: WeightStorage;
  /** Whether `int8` and `int4` hold for the head too. */
  readonly quantizeHead: boolean;
}

/** Puts a decoder's weights into a graph: each once, as initializers whose data comes later. */
export class GraphWeights {
  /** Every weight that the graph reads, in the order of first use. */
  readonly planned: PlannedWeight[] = [];
  readonly #builder: GraphBuilder;
  readonly #config: DecoderConfig;
  readonly #specs: ReadonlyMap<string, WeightSpec>;
  readonly #options: GraphWeightOptions;
  readonly #placed = new Map<string, string>();

  constructor(builder: GraphBuilder, config: DecoderConfig, options: GraphWeightOptions) {
    this.#builder = builder;
    this.#config = config;
    this.#specs = new Map(decoderWeights(config).map((spec) => [spec.name, spec]));
    this.#options = options;
  }

  /** Whether the decoder has a weight of that name. */
  has(name: string): boolean {
    return this.#specs.has(name);
  }

  /** A float32 tensor of a vector; vectors are always stored in full. */
  vector(name: string): string {
    return this.#stored(name);
  }

  /** Rows of a table, in float32: [...indices, width]. */
  rows(table: string, indices: string): string {
    const rows = this.#builder.node('Gather', [this.#stored(table), indices]);
    return this.#type(2) === DataType.FLOAT ? rows : this.#widen(rows);
  }

  /** x · W for W [in, out], however the checkpoint has it; `node` names the node. */
  product(x: string, name: string, node: string): string {
    const { bits } = this;
    if (bits !== undefined) return this.#blockProduct(x, name, node, bits);
    const matrix = matrixOrder(this.#config) === 'in-out' ? this.#float32(name) : this.#transposed(name);
    return this.#builder.node('MatMul', [x, matrix], { name: node });
  }

  /** hidden · headᵀ; `output` names the tensor. */
  head(hidden: string, output: string): string {
    const { tieWordEmbeddings } = this.#config;
    const name = headName(this.#config);
    const { bits } = this;
    if (bits !== undefined && this.#options.quantizeHead)
      return this.#blockProduct(hidden, name, 'lm_head.MatMul', bits, output);
    const matrix = tieWordEmbeddings ? this.#turned(name) : this.#transposed(name);
    return this.#builder.node('MatMul', [hidden, matrix], { name: 'lm_head.MatMul', outputs: [output] });
  }

  /** Bits of a quantized value; undefined where matrices are floating-point numbers. */
  get bits(): 4 | 8 | undefined {
    const { storage } = this.#options;
    return storage === 'int4' ? 4 : storage === 'int8' ? 8 : undefined;
  }

  #blockProduct(x: string, name: string, node: string, bits: 4 | 8, output?: string): string {
    const { shape } = this.#specs.get(name)!;
    // Tables, and so heads, are [out, in] in every family.
    const transposed = name !== headName(this.#config) && matrixOrder(this.#config) === 'in-out';
    const [outputs, inputs] = (transposed ? shape.toReversed() : shape) as [number, number];
    const blocks = Math.ceil(inputs / BLOCK_SIZE);
    const [codes, scales] = [`${name}_q${bits}`, `${name}_q${bits}_scales`];
    this.#once(codes, () =>
      this.#plan(name, { kind: 'blocks', transposed, bits }, [
        { name: codes, dims: [outputs, blocks, (BLOCK_SIZE * bits) / 8], dataType: DataType.UINT8 },
        { name: scales, dims: [outputs, blocks], dataType: DataType.FLOAT },
      ]),
    );
    return this.#builder.node('MatMulNBits', [x, codes, scales], {
      domain: 'com.microsoft',
      name: node,
      attributes: {
        K: int(inputs),
        N: int(outputs),
        bits: int(bits),
        block_size: int(BLOCK_SIZE),
        // Activations as int8, with a scale for each block of each row: see docs/decisions.
        accuracy_level: int(4),
      },
      ...(output === undefined ? {} : { outputs: [output] }),
    });
  }

  /** A float32 tensor of a weight as it is. */
  #float32(name: string): string {
    return this.#once(`${name}:float32`, () => {
      const stored = this.#stored(name);
      return this.#isHalf(name) ? this.#widen(stored) : stored;
    });
  }

  /** A float32 tensor of a matrix's transpose, stored as such. */
  #transposed(name: string): string {
    return this.#once(`${name}:transposed`, () => {
      const { shape } = this.#specs.get(name)!;
      const stored = this.#dense(name, `${name}_transposed`, shape.toReversed(), true);
      return this.#isHalf(name) ? this.#widen(stored) : stored;
    });
  }

  /** A float32 tensor of a stored matrix's transpose. */
  #turned(name: string): string {
    return this.#builder.node('Transpose', [this.#float32(name)], { attributes: { perm: ints([1, 0]) } });
  }

  /** The initializer of a weight, of the type that it is stored in. */
  #stored(name: string): string {
    return this.#once(name, () => this.#dense(name, name, this.#specs.get(name)!.shape, false));
  }

  #dense(name: string, tensor: string, dims: readonly number[], transposed: boolean): string {
    const dataType = this.#type(dims.length);
    return this.#plan(name, { kind: 'dense', transposed, dataType }, [
      { name: tensor, dims: [...dims], dataType },
    ]);
  }

  #plan(name: string, encoding: WeightEncoding, tensors: readonly OnnxTensor[]): string {
    for (const tensor of tensors) this.#builder.initializer(tensor);
    this.planned.push({ name, shape: this.#specs.get(name)!.shape, encoding, tensors });
    return tensors[0]!.name;
  }

  /** What is not quantized is half the size in every storage but float32, save vectors. */
  #type(rank: number): typeof DataType.FLOAT | typeof DataType.FLOAT16 {
    return this.#options.storage === 'float32' || rank < 2 ? DataType.FLOAT : DataType.FLOAT16;
  }

  #isHalf(name: string): boolean {
    return this.#type(this.#specs.get(name)!.shape.length) === DataType.FLOAT16;
  }

  #widen(tensor: string): string {
    return this.#builder.node('Cast', [tensor], { attributes: { to: int(DataType.FLOAT) } });
  }

  #once(key: string, add: () => string): string {
    const name = this.#placed.get(key) ?? add();
    this.#placed.set(key, name);
    return name;
  }
}
