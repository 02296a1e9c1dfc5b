import type { OnnxTensor, PlannedWeight } from '@sakejs/onnx';
import { byteLength, elementCount } from '@sakejs/onnx';

/** Where the data of a graph's initializers goes. */
export interface TensorPlaces {
  /** First byte of each tensor that lies in the data file; the others have their bytes in the model. */
  readonly offsets: ReadonlyMap<OnnxTensor, number>;
  /** Size of the data file; 0 for none. */
  readonly dataBytes: number;
  /** Bytes of all weights. */
  readonly totalBytes: number;
}

/** Pages: a runtime can map each tensor by itself. */
const ALIGNMENT = 4096;
/** Protobuf ends at 2 GiB; the graph itself and what encoding adds to it need little of that. */
const MOST_INLINE = 2 ** 31 - 2 ** 26;

/**
 * Gives every initializer its place: in the model up to `threshold` bytes in all, else matrices in a data file.
 *
 * Vectors stay in the model either way, so that graph transforms can read them.
 */
export function placeTensors(
  weights: readonly PlannedWeight[],
  dataFile: string,
  threshold: number,
): TensorPlaces {
  const tensors = weights.flatMap((weight) => weight.tensors);
  const totalBytes = tensors.reduce((sum, tensor) => sum + bytesOfTensor(tensor), 0);
  const outside = totalBytes > Math.min(threshold, MOST_INLINE);
  const offsets = new Map<OnnxTensor, number>();
  let dataBytes = 0;
  for (const tensor of tensors) {
    const length = bytesOfTensor(tensor);
    if (!outside || tensor.dims.length < 2) {
      tensor.rawData = new Uint8Array(length);
      continue;
    }
    const offset = Math.ceil(dataBytes / ALIGNMENT) * ALIGNMENT;
    offsets.set(tensor, offset);
    tensor.dataLocation = 1;
    tensor.externalData = Object.entries({ location: dataFile, offset, length }).map(([key, value]) => ({
      key,
      value: String(value),
    }));
    dataBytes = offset + length;
  }
  return { offsets, dataBytes, totalBytes };
}

function bytesOfTensor({ dataType, dims }: OnnxTensor): number {
  return byteLength(dataType, elementCount(dims));
}
