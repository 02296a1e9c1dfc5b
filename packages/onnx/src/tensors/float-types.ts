import { DataType } from '../ir.js';

const FLOAT_TYPES: ReadonlySet<number> = new Set([
  DataType.FLOAT,
  DataType.DOUBLE,
  DataType.FLOAT16,
  DataType.BFLOAT16,
]);

/** Whether values of an element type are real numbers that gradients flow through. */
export function isFloatType(dataType: number): boolean {
  return FLOAT_TYPES.has(dataType);
}
