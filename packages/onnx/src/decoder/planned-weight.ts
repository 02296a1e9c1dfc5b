import type { DataType, OnnxTensor } from '../ir.js';

/**
 * How a graph stores matrices: in full, in half precision (widened when the model is loaded), or as whole numbers of 8
 * or 4 bits in blocks that share a scale, which ONNX Runtime's MatMulNBits reads as they are.
 */
export type WeightStorage = 'float32' | 'float16' | 'int8' | 'int4';

/** Values of a weight as they stand in the graph. */
export type WeightEncoding =
  /** One tensor of the weight, or of its transpose. */
  | {
      readonly kind: 'dense';
      readonly transposed: boolean;
      readonly dataType: typeof DataType.FLOAT | typeof DataType.FLOAT16;
    }
  /** Codes and scales of blocks along the inputs; `transposed` where the checkpoint has [in, out]. */
  | { readonly kind: 'blocks'; readonly transposed: boolean; readonly bits: 4 | 8 };

/** A weight that a graph needs, and the initializers without data that wait for it. */
export interface PlannedWeight {
  /** As in Hugging Face checkpoints; a tied matrix may stand here twice. */
  readonly name: string;
  /** As in checkpoints. */
  readonly shape: readonly number[];
  readonly encoding: WeightEncoding;
  /** One for `dense`; for `blocks` codes, uint8 [out, blocks, bytes], and scales, float32 [out, blocks]. */
  readonly tensors: readonly OnnxTensor[];
}

/** Values that share a scale. */
export const BLOCK_SIZE = 32;
