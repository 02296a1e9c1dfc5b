import { einsumEquation } from '../einsum-equation.js';
import { elementCount } from '../tensors/element-types.js';
import { input, type ReferenceOp, type ReferenceOps } from './reference-op.js';
import { stridesOf } from './strides.js';

/** Σ over labels that the output lacks of the product of the operands. */
const einsum: ReferenceOp = (call) => {
  const { inputs, output } = einsumEquation(call.node);
  const operands = inputs.map((_, i) => input(call, i));
  const sizes = new Map<string, number>();
  inputs.forEach((labels, i) =>
    [...labels].forEach((label, axis) => {
      const size = operands[i]!.dims[axis]!;
      sizes.set(label, Math.max(size, sizes.get(label) ?? 1));
    }),
  );
  const order = [...output, ...[...sizes.keys()].filter((label) => !output.includes(label))];
  const extents = order.map((label) => sizes.get(label)!);
  const steps = inputs.map((labels, i) => {
    const strides = stridesOf(operands[i]!.dims);
    return order.map((label) => {
      const axis = labels.indexOf(label);
      return axis < 0 || operands[i]!.dims[axis] === 1 ? 0 : strides[axis]!;
    });
  });
  const dims = [...output].map((label) => sizes.get(label)!);
  const data = new Float64Array(elementCount(dims));
  const summed = elementCount(extents.slice(dims.length));
  const at = order.map(() => 0);
  for (let place = 0; place < data.length * summed; place++) {
    let product = 1;
    operands.forEach((operand, i) => {
      product *= operand.data[at.reduce((offset, index, axis) => offset + index * steps[i]![axis]!, 0)]!;
    });
    data[Math.floor(place / summed)]! += product;
    for (let axis = order.length - 1; axis >= 0; axis--) {
      at[axis]!++;
      if (at[axis]! < extents[axis]!) break;
      at[axis] = 0;
    }
  }
  return [{ dtype: operands[0]!.dtype, dims, data }];
};

export const einsumOps: ReferenceOps = { Einsum: einsum };
