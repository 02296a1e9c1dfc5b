import {
  DataType,
  float,
  GraphBuilder,
  int,
  ints,
  makeTensor,
  text,
  type AttributeValue,
  type OnnxModel,
} from '@sakejs/onnx';
import { createRandom } from '@sakejs/spec';

/** Width of the hidden states and number of tokens of every form. */
export const WIDTH = 64;
export const TOKENS = 40;
const MICROSOFT = 'com.microsoft';

/** What lies between the hidden states [b, s, 64] and the logits: appended to a graph by its first argument. */
export interface HeadForm {
  readonly name: string;
  /** Appends the head; returns the logits. */
  readonly append: (builder: GraphBuilder, hidden: string) => string;
  /** What the head's product is, as `findDecoder` names it. */
  readonly op: string;
  /** Operator set of ai.onnx, 18 by default. */
  readonly opset?: number;
  /** FLOAT16 where the graph before the head computes in half precision. */
  readonly hidden?: 'FLOAT16';
  /** Looks the ids up where the head shares its matrix with the embedding; returns rows [b, s, 64]. */
  readonly embed?: (builder: GraphBuilder, ids: string) => string;
  /** The last rows that the logits are of; all by default. */
  readonly rows?: 'last';
  /** Largest difference, relative to the largest logit; 1e-4 by default. */
  readonly tolerance?: number;
}

const random = createRandom('head forms');
const numbers = (count: number, scale = 1): Float32Array =>
  Float32Array.from({ length: count }, () => scale * random.normal());
const bytes = (count: number): Uint8Array => Uint8Array.from({ length: count }, () => random.integer(256));

const weights = numbers(WIDTH * TOKENS, 0.2);
const matrix = (builder: GraphBuilder, dims = [WIDTH, TOKENS], type: DataType = DataType.FLOAT): string =>
  builder.initializer(makeTensor('head.weight', dims, weights, type));
const small = Int8Array.from(weights, (value) => Math.max(-127, Math.min(127, Math.round(value * 100))));
const cast = (builder: GraphBuilder, x: string, to: DataType): string =>
  builder.node('Cast', [x], { attributes: { to: int(to) } });
const microsoft = (
  builder: GraphBuilder,
  op: string,
  inputs: (string | undefined)[],
  attributes: Record<string, AttributeValue> = {},
): string => builder.node(op, inputs, { domain: MICROSOFT, attributes });
const scalar = (builder: GraphBuilder, value: number, type: DataType): string =>
  builder.constant([value], [], { type });
const plain = (builder: GraphBuilder, hidden: string): string =>
  builder.node('MatMul', [hidden, matrix(builder)]);
const blocks = { K: int(WIDTH), N: int(TOKENS), bits: int(4), block_size: int(32) };

/** Heads as exporters and quantizers write them. */
export const headForms: readonly HeadForm[] = [
  { name: 'MatMul', op: 'MatMul', append: plain },
  {
    name: 'Gemm between Reshapes, with a bias',
    op: 'Gemm',
    append: (builder, hidden) => {
      const flat = builder.node('Reshape', [hidden, builder.int64s([-1, WIDTH])]);
      const bias = builder.constant(numbers(TOKENS), [TOKENS], { name: 'bias' });
      const product = builder.node('Gemm', [flat, matrix(builder, [TOKENS, WIDTH]), bias], {
        attributes: { transB: int(1) },
      });
      const shape = builder.node('Shape', [hidden]);
      const rows = builder.node('Slice', [shape, builder.int64s([0]), builder.int64s([2])]);
      const wanted = builder.node('Concat', [rows, builder.int64s([TOKENS])], {
        attributes: { axis: int(0) },
      });
      return builder.node('Reshape', [product, wanted]);
    },
  },
  {
    name: 'FusedGemm between Reshapes',
    op: `${MICROSOFT}:FusedGemm`,
    append: (builder, hidden) => {
      const flat = builder.node('Reshape', [hidden, builder.int64s([-1, WIDTH])]);
      const bias = builder.constant(numbers(TOKENS), [TOKENS], { name: 'bias' });
      const product = microsoft(builder, 'FusedGemm', [flat, matrix(builder, [TOKENS, WIDTH]), bias], {
        transB: int(1),
        activation: text('Tanh'),
      });
      const shape = builder.node('Shape', [hidden]);
      const rows = builder.node('Slice', [shape, builder.int64s([0]), builder.int64s([2])]);
      const wanted = builder.node('Concat', [rows, builder.int64s([TOKENS])], {
        attributes: { axis: int(0) },
      });
      return builder.node('Reshape', [product, wanted]);
    },
  },
  {
    name: 'MatMul with the transposed embedding',
    op: 'MatMul',
    append: (builder, hidden) =>
      builder.node('MatMul', [
        hidden,
        builder.node('Transpose', ['embedding'], { attributes: { perm: ints([1, 0]) } }),
      ]),
  },
  {
    name: 'MatMul with a matrix of three axes',
    op: 'MatMul',
    append: (builder, hidden) => builder.node('MatMul', [hidden, matrix(builder, [1, WIDTH, TOKENS])]),
  },
  {
    name: 'FusedMatMul',
    op: `${MICROSOFT}:FusedMatMul`,
    append: (builder, hidden) =>
      microsoft(builder, 'FusedMatMul', [hidden, matrix(builder, [TOKENS, WIDTH])], {
        transB: int(1),
        alpha: float(0.5),
      }),
  },
  {
    name: 'parts of the vocabulary, joined',
    op: 'MatMul',
    append: (builder, hidden) => {
      const sizes = [16, 16, TOKENS - 32];
      const parts = sizes.map((size, part) =>
        builder.node('MatMul', [
          hidden,
          builder.constant(numbers(WIDTH * size, 0.2), [WIDTH, size], { name: `head.${part}.weight` }),
        ]),
      );
      return builder.node('Concat', parts, { attributes: { axis: int(2) } });
    },
  },
  {
    name: 'Einsum',
    op: 'Einsum',
    append: (builder, hidden) =>
      builder.node('Einsum', [hidden, matrix(builder, [TOKENS, WIDTH])], {
        attributes: { equation: text('bsd,vd->bsv') },
      }),
  },
  {
    name: 'half precision throughout',
    op: 'MatMul',
    hidden: 'FLOAT16',
    // Half precision on other rows at once: a unit in the last place of the largest logit.
    tolerance: 2e-3,
    append: (builder, hidden) =>
      builder.node('MatMul', [hidden, matrix(builder, [WIDTH, TOKENS], DataType.FLOAT16)]),
  },
  {
    name: 'half precision, widened at its end',
    op: 'MatMul',
    hidden: 'FLOAT16',
    tolerance: 2e-3,
    append: (builder, hidden) =>
      cast(
        builder,
        builder.node('MatMul', [hidden, matrix(builder, [WIDTH, TOKENS], DataType.FLOAT16)]),
        DataType.FLOAT,
      ),
  },
  {
    name: 'half precision for the product only',
    op: 'MatMul',
    tolerance: 2e-3,
    append: (builder, hidden) => {
      const half = cast(builder, hidden, DataType.FLOAT16);
      const product = builder.node('MatMul', [half, matrix(builder, [WIDTH, TOKENS], DataType.FLOAT16)]);
      return cast(builder, product, DataType.FLOAT);
    },
  },
  ...[DataType.INT8, DataType.UINT8].map((type): HeadForm => ({
    name: `dynamically quantized, ${type === DataType.INT8 ? 'int8' : 'uint8'}`,
    op: 'MatMulInteger',
    append: (builder, hidden) => {
      const [quantized, scale, zero] = builder.nodeOutputs('DynamicQuantizeLinear', [hidden], { outputs: 3 });
      const shift = type === DataType.INT8 ? 0 : 128;
      const weight = builder.constant(
        Array.from(small, (value) => value + shift),
        [WIDTH, TOKENS],
        {
          name: 'head.weight_quantized',
          type,
        },
      );
      const product = builder.node('MatMulInteger', [quantized, weight, zero, scalar(builder, shift, type)]);
      const scales = builder.node('Mul', [scale!, builder.scalar(0.01)]);
      return builder.node('Mul', [cast(builder, product, DataType.FLOAT), scales]);
    },
  })),
  {
    name: 'dynamically quantized, scales first',
    op: 'MatMulInteger',
    append: (builder, hidden) => {
      const [quantized, scale, zero] = builder.nodeOutputs('DynamicQuantizeLinear', [hidden], { outputs: 3 });
      const weight = builder.constant(small, [WIDTH, TOKENS], { name: 'head.weight_quantized' });
      const product = builder.node('MatMulInteger', [quantized, weight, zero]);
      const scales = builder.node('Mul', [builder.scalar(0.01), scale!]);
      return builder.node('Mul', [scales, cast(builder, product, DataType.FLOAT)]);
    },
  },
  {
    name: 'DynamicQuantizeMatMul',
    op: `${MICROSOFT}:DynamicQuantizeMatMul`,
    append: (builder, hidden) =>
      microsoft(builder, 'DynamicQuantizeMatMul', [
        hidden,
        builder.constant(small, [WIDTH, TOKENS], { name: 'head.weight_quantized' }),
        builder.scalar(0.01),
      ]),
  },
  {
    name: 'MatMulIntegerToFloat',
    op: `${MICROSOFT}:MatMulIntegerToFloat`,
    append: (builder, hidden) => {
      const [quantized, scale, zero] = builder.nodeOutputs('DynamicQuantizeLinear', [hidden], { outputs: 3 });
      const weight = builder.constant(small, [WIDTH, TOKENS], { name: 'head.weight_quantized' });
      return microsoft(builder, 'MatMulIntegerToFloat', [
        quantized,
        weight,
        scale,
        builder.scalar(0.01),
        zero,
      ]);
    },
  },
  {
    name: 'quantized and dequantized around the product',
    op: 'MatMul',
    append: (builder, hidden) => {
      const [scale, zero] = [builder.scalar(0.02), scalar(builder, 128, DataType.UINT8)];
      const quantized = builder.node('QuantizeLinear', [hidden, scale, zero]);
      const back = builder.node('DequantizeLinear', [quantized, scale, zero]);
      const stored = builder.constant(small, [WIDTH, TOKENS], { name: 'head.weight_quantized' });
      const weight = builder.node('DequantizeLinear', [stored, builder.scalar(0.01)]);
      return builder.node('MatMul', [back, weight]);
    },
  },
  {
    name: 'QLinearMatMul',
    op: 'QLinearMatMul',
    append: (builder, hidden) => {
      const [scale, zero] = [builder.scalar(0.02), scalar(builder, 128, DataType.UINT8)];
      const quantized = builder.node('QuantizeLinear', [hidden, scale, zero]);
      const weight = builder.constant(small, [WIDTH, TOKENS], { name: 'head.weight_quantized' });
      const [ownScale, ownZero] = [builder.scalar(0.01), scalar(builder, 0, DataType.INT8)];
      const product = builder.node('QLinearMatMul', [
        quantized,
        scale,
        zero,
        weight,
        ownScale,
        ownZero,
        scale,
        zero,
      ]);
      return builder.node('DequantizeLinear', [product, scale, zero]);
    },
  },
  {
    name: 'MatMulNBits',
    op: `${MICROSOFT}:MatMulNBits`,
    append: (builder, hidden) =>
      microsoft(
        builder,
        'MatMulNBits',
        [
          hidden,
          builder.constant(bytes(TOKENS * 2 * 16), [TOKENS, 2, 16], { name: 'head.weight_Q4' }),
          builder.constant(numbers(TOKENS * 2, 0.1), [TOKENS, 2], { name: 'head.weight_scales' }),
        ],
        blocks,
      ),
  },
  {
    name: 'MatMulNBits with flat scales and zero points',
    op: `${MICROSOFT}:MatMulNBits`,
    append: (builder, hidden) =>
      microsoft(
        builder,
        'MatMulNBits',
        [
          hidden,
          builder.constant(bytes(TOKENS * 2 * 16), [TOKENS, 2, 16], { name: 'head.weight_Q4' }),
          builder.constant(numbers(TOKENS * 2, 0.1), [TOKENS * 2], { name: 'head.weight_scales' }),
          builder.constant(bytes(TOKENS), [TOKENS], { name: 'head.weight_zero_points' }),
        ],
        blocks,
      ),
  },
  {
    name: 'MatMulNBits of eight bits, with a bias of its own',
    op: `${MICROSOFT}:MatMulNBits`,
    append: (builder, hidden) =>
      microsoft(
        builder,
        'MatMulNBits',
        [
          hidden,
          builder.constant(bytes(TOKENS * 2 * 32), [TOKENS, 2, 32], { name: 'head.weight_Q8' }),
          builder.constant(numbers(TOKENS * 2, 0.01), [TOKENS, 2], { name: 'head.weight_scales' }),
          undefined,
          undefined,
          builder.constant(numbers(TOKENS), [TOKENS], { name: 'head.bias' }),
        ],
        { ...blocks, bits: int(8) },
      ),
  },
  {
    name: 'a matrix stored in half precision, widened before the product',
    op: 'MatMul',
    append: (builder, hidden) =>
      builder.node('MatMul', [
        hidden,
        cast(builder, matrix(builder, [WIDTH, TOKENS], DataType.FLOAT16), DataType.FLOAT),
      ]),
  },
  {
    name: 'a matrix of eight-bit blocks per token, dequantized and transposed',
    op: 'MatMul',
    opset: 21,
    append: (builder, hidden) => {
      const stored = builder.constant(small, [TOKENS, WIDTH], { name: 'head.weight_q' });
      const scales = builder.constant(numbers(TOKENS, 0.01), [TOKENS], { name: 'head.weight_scale' });
      const float = builder.node('DequantizeLinear', [stored, scales], { attributes: { axis: int(0) } });
      const turned = builder.node('Transpose', [float], { attributes: { perm: ints([1, 0]) } });
      return builder.node('MatMul', [hidden, turned]);
    },
  },
  {
    name: 'MatMulNBits that shares its blocks with GatherBlockQuantized',
    op: `${MICROSOFT}:MatMulNBits`,
    embed: (builder, ids) => {
      const stored = builder.constant(bytes(TOKENS * 2 * 16), [TOKENS, 2, 16], { name: 'head.weight_Q4' });
      const scales = builder.constant(numbers(TOKENS * 2, 0.1), [TOKENS, 2], { name: 'head.weight_scales' });
      const rows = builder.node('Reshape', [stored, builder.int64s([TOKENS, WIDTH / 2])]);
      return microsoft(builder, 'GatherBlockQuantized', [rows, ids, scales], {
        gather_axis: int(0),
        quantize_axis: int(1),
        block_size: int(32),
        bits: int(4),
      });
    },
    append: (builder, hidden) =>
      microsoft(builder, 'MatMulNBits', [hidden, 'head.weight_Q4', 'head.weight_scales'], blocks),
  },
  {
    name: 'MatMulBnb4',
    op: `${MICROSOFT}:MatMulBnb4`,
    append: (builder, hidden) =>
      microsoft(
        builder,
        'MatMulBnb4',
        [
          hidden,
          builder.constant(bytes((TOKENS * WIDTH) / 2), [(TOKENS * WIDTH) / 2], { name: 'head.weight_Bnb4' }),
          builder.constant(numbers((TOKENS * WIDTH) / 64, 0.1), [(TOKENS * WIDTH) / 64], {
            name: 'head.weight_absmax',
          }),
        ],
        { K: int(WIDTH), N: int(TOKENS), block_size: int(64), quant_type: int(1) },
      ),
  },
  {
    name: 'four-bit blocks dequantized before the product',
    op: 'MatMul',
    opset: 21,
    append: (builder, hidden) => {
      builder.initializer({
        name: 'head.weight_Q4',
        dims: [WIDTH, TOKENS],
        dataType: DataType.INT4,
        rawData: bytes((WIDTH * TOKENS) / 2),
      });
      const scales = builder.constant(numbers(2 * TOKENS, 0.1), [2, TOKENS], { name: 'head.weight_scales' });
      const weight = builder.node('DequantizeLinear', ['head.weight_Q4', scales], {
        attributes: { axis: int(0), block_size: int(32) },
      });
      return builder.node('MatMul', [hidden, weight]);
    },
  },
  {
    name: 'the last position by Gather and Unsqueeze',
    op: 'MatMul',
    rows: 'last',
    append: (builder, hidden) => {
      const last = builder.node('Gather', [hidden, scalar(builder, -1, DataType.INT64)], {
        attributes: { axis: int(1) },
      });
      return plain(builder, builder.node('Unsqueeze', [last, builder.int64s([1])]));
    },
  },
  {
    name: 'the last position by Slice, of plain rows',
    op: 'Gemm',
    rows: 'last',
    append: (builder, hidden) => {
      const [start, end, axis] = [builder.int64s([-1]), builder.int64s([2 ** 40]), builder.int64s([1])];
      const last = builder.node('Slice', [hidden, start, end, axis]);
      const flat = builder.node('Squeeze', [last, axis]);
      return builder.node('Unsqueeze', [builder.node('Gemm', [flat, matrix(builder)]), axis]);
    },
  },
  {
    name: 'as many last positions as an input asks for',
    op: 'MatMul',
    rows: 'last',
    append: (builder, hidden) => {
      const count = builder.input('num_logits_to_keep', DataType.INT64, []);
      const start = builder.node('Unsqueeze', [builder.node('Neg', [count]), builder.int64s([0])]);
      const kept = builder.node('Slice', [hidden, start, builder.int64s([2 ** 40]), builder.int64s([1])]);
      return plain(builder, kept);
    },
  },
  {
    name: 'the last position that the mask shows',
    op: 'MatMul',
    rows: 'last',
    append: (builder, hidden) => {
      const mask = builder.input('attention_mask', DataType.INT64, ['b', 's']);
      const count = builder.node('ReduceSum', [mask, builder.int64s([1])], {
        attributes: { keepdims: int(1) },
      });
      const index = builder.node('Sub', [count, builder.constant([1], [1], { type: DataType.INT64 })]);
      const last = builder.node('GatherND', [hidden, index], { attributes: { batch_dims: int(1) } });
      return builder.node('Unsqueeze', [plain(builder, last), builder.int64s([1])]);
    },
  },
  {
    name: 'the last position, taken of the logits',
    op: 'MatMul',
    rows: 'last',
    append: (builder, hidden) =>
      builder.node('Slice', [
        plain(builder, hidden),
        builder.int64s([-1]),
        builder.int64s([2 ** 40]),
        builder.int64s([1]),
      ]),
  },
  {
    name: 'bias, scale, mask and soft cap',
    op: 'MatMul',
    append: (builder, hidden) => {
      const bias = builder.constant(numbers(TOKENS), [TOKENS], { name: 'bias' });
      const scaled = builder.node('Mul', [
        builder.node('Add', [bias, plain(builder, hidden)]),
        builder.scalar(0.5),
      ]);
      const allowed = builder.constant(
        Array.from({ length: TOKENS }, (_, i) => Number(i % 7 !== 3)),
        [1, 1, TOKENS],
        {
          name: 'allowed',
          type: DataType.BOOL,
        },
      );
      const masked = builder.node('Where', [allowed, scaled, builder.scalar(-1000)]);
      const capped = builder.node('Tanh', [builder.node('Div', [masked, builder.scalar(30)])]);
      return builder.node('Mul', [capped, builder.scalar(30)]);
    },
  },
  {
    name: 'a padded vocabulary cut to size',
    op: 'MatMul',
    append: (builder, hidden) => {
      const wide = builder.constant(numbers(WIDTH * (TOKENS + 24), 0.2), [WIDTH, TOKENS + 24], {
        name: 'wide',
      });
      const product = builder.node('MatMul', [hidden, wide]);
      return builder.node('Slice', [
        product,
        builder.int64s([0]),
        builder.int64s([TOKENS]),
        builder.int64s([2]),
      ]);
    },
  },
];

/** A model of one head over hidden states that no head computes: `input_ids` [b, s] -> `logits`. */
export function modelWithHead(form: HeadForm): OnnxModel {
  const builder = new GraphBuilder();
  const ids = builder.input('input_ids', DataType.INT64, ['b', 's']);
  const looked =
    form.embed?.(builder, ids) ??
    builder.node('Gather', [
      builder.constant(numbers(TOKENS * WIDTH), [TOKENS, WIDTH], { name: 'embedding' }),
      ids,
    ]);
  const narrow = form.hidden === undefined ? looked : cast(builder, looked, DataType.FLOAT16);
  const hidden = builder.node('Tanh', [narrow], { outputs: ['last_hidden_state'] });
  builder.node('Identity', [form.append(builder, hidden)], { outputs: ['logits'] });
  const half = form.hidden !== undefined && !form.name.includes('widened');
  builder.output('logits', half ? DataType.FLOAT16 : DataType.FLOAT, ['b', 't', TOKENS]);
  const opset = form.opset ?? 18;
  return builder.build({ opset, irVersion: opset > 18 ? 10 : 8, domains: { [MICROSOFT]: 1 } });
}
