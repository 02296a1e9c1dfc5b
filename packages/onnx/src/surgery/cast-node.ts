import { int } from '../attributes.js';
import type { OnnxNode } from '../ir.js';

/** A node that changes the element type of a tensor. */
export function castNode(from: string, to: string, type: number): OnnxNode {
  return {
    opType: 'Cast',
    domain: '',
    name: `${to}.cast`,
    inputs: [from],
    outputs: [to],
    attributes: [{ name: 'to', ...int(type) }],
  };
}
