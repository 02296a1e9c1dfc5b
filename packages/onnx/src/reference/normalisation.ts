import { floatAttribute } from '../attributes.js';
import { elementCount } from '../tensors/element-types.js';
import { axisOf, input, type OpCall, type ReferenceOp, type ReferenceOps } from './reference-op.js';
import type { RefTensor } from './ref-tensor.js';
import { broadcastTo } from './strides.js';

interface Normalised {
  readonly y: RefTensor;
  readonly mean: RefTensor;
  readonly inverse: RefTensor;
}

/** (x - mean) / sqrt(variance + epsilon) · scale + bias over the axes from `axis` on; mean 0 for RMS. */
function normalise(call: OpCall, centred: boolean): Normalised {
  const { dtype, dims, data } = input(call, 0);
  const axis = axisOf(call, dims.length, -1);
  const epsilon = floatAttribute(call.node, 'epsilon', 1e-5);
  const inner = dims.slice(axis);
  const width = elementCount(inner);
  const scale = broadcastTo(input(call, 1), dims);
  const bias = centred && call.inputs[2] !== undefined ? broadcastTo(call.inputs[2], dims) : undefined;
  const rows = data.length / width;
  const [mean, inverse] = [new Float64Array(rows), new Float64Array(rows)];
  const y = new Float64Array(data.length);
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * width, (r + 1) * width);
    if (centred) mean[r] = row.reduce((sum, x) => sum + x, 0) / width;
    const variance = row.reduce((sum, x) => sum + (x - mean[r]!) ** 2, 0) / width;
    inverse[r] = 1 / Math.sqrt(variance + epsilon);
    for (let i = r * width; i < (r + 1) * width; i++)
      y[i] = (data[i]! - mean[r]!) * inverse[r]! * scale[i]! + (bias?.[i] ?? 0);
  }
  const statistics = [...dims.slice(0, axis), ...inner.map(() => 1)];
  return {
    y: { dtype, dims, data: y },
    mean: { dtype, dims: statistics, data: mean },
    inverse: { dtype, dims: statistics, data: inverse },
  };
}

const layerNormalization: ReferenceOp = (call) => {
  const { y, mean, inverse } = normalise(call, true);
  return [y, mean, inverse];
};

/** ONNX Runtime's RMS normalisation, whose second output is the inverse root mean square. */
const simplifiedLayerNormalization: ReferenceOp = (call) => {
  const { y, inverse } = normalise(call, false);
  return [y, inverse];
};

export const normalisationOps: ReferenceOps = {
  LayerNormalization: layerNormalization,
  SimplifiedLayerNormalization: simplifiedLayerNormalization,
  RMSNormalization: (call) => [normalise(call, false).y],
};
