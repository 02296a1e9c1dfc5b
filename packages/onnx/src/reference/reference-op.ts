import { SakeError } from '@sakejs/spec';
import { intAttribute, intsAttribute } from '../attributes.js';
import { normaliseAxis } from '../axis.js';
import type { OnnxNode } from '../ir.js';
import type { RefTensor } from './ref-tensor.js';

/** A node with its input values. */
export interface OpCall {
  readonly node: OnnxNode;
  /** Undefined where an optional input is left out. */
  readonly inputs: readonly (RefTensor | undefined)[];
  /** Operator-set version of the node's domain. */
  readonly opset: number;
}

/** Computes a node's outputs. */
export type ReferenceOp = (call: OpCall) => readonly RefTensor[];

/** Implementations by operator: `Add`, `com.microsoft:FusedMatMul`. */
export type ReferenceOps = Readonly<Record<string, ReferenceOp>>;

/** How errors name a node. */
export function describeNode(node: OnnxNode): string {
  return `${node.opType} "${node.name}"`;
}

/** An input that must be there. */
export function input(call: OpCall, index: number): RefTensor {
  const value = call.inputs[index];
  if (value === undefined)
    throw new SakeError(
      'invalid-input',
      `${describeNode(call.node)}: expected an input at index ${index}, got none`,
    );
  return value;
}

/** Axes given as an input or, in older operator sets, as an attribute; undefined when not given. */
export function axesOf(call: OpCall, index: number, rank: number): number[] | undefined {
  const given = call.inputs[index];
  const axes = given === undefined ? intsAttribute(call.node, 'axes', undefined) : Array.from(given.data);
  return axes?.map((axis) => normaliseAxis(axis, rank, describeNode(call.node)));
}

/** The `axis` attribute, counted from the front. */
export function axisOf(call: OpCall, rank: number, fallback: number): number {
  return normaliseAxis(intAttribute(call.node, 'axis', fallback), rank, describeNode(call.node));
}
