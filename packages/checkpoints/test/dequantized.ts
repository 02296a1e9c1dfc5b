import { readFileSync } from 'node:fs';
import { decodeModel, readNumbers, type DecoderWeight, type OnnxTensor } from '@sakejs/onnx';

/**
 * A checkpoint's weights with the values that a quantized model stores for them, and the head's own matrix,
 * `lm_head.weight`, also where it is tied.
 *
 * @param inOut whether the checkpoint has projections as [in, out].
 */
export function dequantized(
  file: string,
  weights: ReadonlyMap<string, DecoderWeight>,
  inOut: boolean,
): Map<string, DecoderWeight> {
  const tensors = new Map(
    decodeModel(readFileSync(file)).graph.initializers.map((tensor) => [tensor.name, tensor]),
  );
  const stored = (name: string, shape: readonly number[], turned: boolean): DecoderWeight | undefined => {
    const blocks = blocksOf(tensors, name);
    if (blocks) return rowsOf(blocks, shape, turned);
    const transposed = tensors.get(`${name}_transposed`);
    if (transposed) return rowsOf({ values: numbersOf(transposed), width: shape[0]! }, shape, true);
    const tensor = tensors.get(name);
    return tensor && { shape, data: numbersOf(tensor) };
  };
  const embedding = [...weights.keys()].find((name) => /wte|embed_tokens/.test(name))!;
  const { shape } = weights.get(embedding)!;
  const result = new Map<string, DecoderWeight>();
  for (const [name, weight] of weights)
    result.set(
      name,
      name === embedding
        ? { shape, data: numbersOf(tensors.get(name)!) }
        : stored(name, weight.shape, inOut)!,
    );
  const own = weights.has('lm_head.weight') ? 'lm_head.weight' : embedding;
  return result.set('lm_head.weight', stored(own, shape, false)!);
}

interface Matrix {
  readonly values: Float64Array;
  /** Values of a row, padding included. */
  readonly width: number;
}

/** (code - middle) · scale, one value at a time, [out, in]. */
function blocksOf(tensors: ReadonlyMap<string, OnnxTensor>, name: string): Matrix | undefined {
  const bits = tensors.has(`${name}_q4`) ? 4 : 8;
  const [codes, scales] = [tensors.get(`${name}_q${bits}`), tensors.get(`${name}_q${bits}_scales`)];
  if (!codes || !scales) return undefined;
  const [rows, blocks, bytes] = codes.dims as [number, number, number];
  const numbers = numbersOf(scales);
  const values = Float64Array.from({ length: rows * blocks * 32 }, (_, i) => {
    const within = i % 32;
    const byte = codes.rawData![Math.floor(i / 32) * bytes + Math.floor((within * bits) / 8)]!;
    const code = bits === 8 ? byte : within % 2 === 0 ? byte % 16 : Math.floor(byte / 16);
    return (code - 2 ** (bits - 1)) * numbers[Math.floor(i / 32)]!;
  });
  return { values, width: blocks * 32 };
}

/** Values in the order of `shape`, which is the matrix's or its transpose's. */
function rowsOf({ values, width }: Matrix, shape: readonly number[], turned: boolean): DecoderWeight {
  const [rows, columns] = shape as [number, number];
  const data = Float64Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    return turned ? values[column * width + row]! : values[row * width + column]!;
  });
  return { shape, data };
}

function numbersOf(tensor: OnnxTensor): Float64Array {
  return Float64Array.from(readNumbers(tensor), Number);
}
