import { findAttribute, intAttribute, tensorAttribute } from '../../attributes.js';
import { DataType, type OnnxTensor } from '../../ir.js';
import { elementCount } from '../../tensors/element-types.js';
import { isExternal, readNumbers } from '../../tensors/read-tensor.js';
import { isFloatType } from '../../tensors/float-types.js';
import {
  factsAt,
  fromFront,
  knownNumbers,
  NOTHING,
  type FactRule,
  type FactRules,
  type TensorFacts,
} from './tensor-facts.js';

/** Larger constants are weights, whose values no shape depends on. */
const SMALL = 64;

const READABLE: ReadonlySet<number> = new Set([DataType.INT64, DataType.INT32, DataType.BOOL]);

/** Facts of a constant; its values too when it is small. */
export function tensorFacts(tensor: OnnxTensor): TensorFacts {
  const { dataType: dtype, dims } = tensor;
  const readable = isFloatType(dtype) || READABLE.has(dtype);
  if (!readable || isExternal(tensor) || elementCount(dims) > SMALL) return { dtype, dims };
  return { dtype, dims, values: readNumbers(tensor, { rounded: true }) };
}

const constant: FactRule = (node) => {
  const tensor = tensorAttribute(node, 'value');
  if (tensor !== undefined) return [tensorFacts(tensor)];
  const [f, i] = [findAttribute(node, 'value_float'), findAttribute(node, 'value_int')];
  const [fs, is] = [findAttribute(node, 'value_floats')?.floats, findAttribute(node, 'value_ints')?.ints];
  if (f !== undefined) return [{ dtype: DataType.FLOAT, dims: [], values: [f.f ?? 0] }];
  if (i !== undefined) return [{ dtype: DataType.INT64, dims: [], values: [i.i ?? 0] }];
  if (fs !== undefined) return [{ dtype: DataType.FLOAT, dims: [fs.length], values: fs }];
  if (is !== undefined) return [{ dtype: DataType.INT64, dims: [is.length], values: is }];
  return [NOTHING];
};

const constantOfShape: FactRule = (node, inputs) => {
  const { values: dims } = factsAt(inputs, 0);
  const value = tensorAttribute(node, 'value');
  const fill = value === undefined ? { dtype: DataType.FLOAT, values: [0] } : tensorFacts(value);
  const count = knownNumbers(dims)?.reduce((product, dim) => product * dim, 1) ?? Infinity;
  return [
    {
      dtype: fill.dtype,
      dims,
      values: count <= SMALL && fill.values ? Array<number>(count).fill(fill.values[0] as number) : undefined,
    },
  ];
};

const range: FactRule = (_, inputs) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => factsAt(inputs, index).values?.[0]);
  const dtype = factsAt(inputs, 0).dtype;
  if (start === 0 && delta === 1 && typeof limit === 'string') return [{ dtype, dims: [limit] }];
  if (typeof start !== 'number' || typeof limit !== 'number' || typeof delta !== 'number')
    return [{ dtype, dims: [undefined] }];
  return [{ dtype, dims: [Math.max(0, Math.ceil((limit - start) / delta))] }];
};

const oneHot: FactRule = (node, inputs) => {
  const { dims } = factsAt(inputs, 0);
  const axis = fromFront(intAttribute(node, 'axis', -1), (dims?.length ?? 0) + 1);
  const depth = factsAt(inputs, 1).values?.[0];
  return [{ dtype: factsAt(inputs, 2).dtype, dims: dims?.toSpliced(axis, 0, depth) }];
};

export const constantFacts: FactRules = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
  OneHot: oneHot,
};
