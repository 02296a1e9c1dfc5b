import { SakeError } from '@sakejs/spec';
import { AttributeType, type OnnxAttribute, type OnnxGraph, type OnnxNode, type OnnxTensor } from './ir.js';

/** An attribute without its name: what `int(1)`, `float(0.5)`, … return. */
export type AttributeValue = Omit<OnnxAttribute, 'name'>;

const utf8 = new TextEncoder();
const decoder = new TextDecoder();

/** An INT attribute. */
export const int = (value: number): AttributeValue => ({ type: AttributeType.INT, i: value });

/** An INTS attribute. */
export const ints = (values: readonly number[]): AttributeValue => ({
  type: AttributeType.INTS,
  ints: [...values],
});

/** A FLOAT attribute; ONNX stores it in single precision. */
export const float = (value: number): AttributeValue => ({
  type: AttributeType.FLOAT,
  f: Math.fround(value),
});

/** A FLOATS attribute; ONNX stores them in single precision. */
export const floats = (values: readonly number[]): AttributeValue => ({
  type: AttributeType.FLOATS,
  floats: values.map(Math.fround),
});

/** A STRING attribute. */
export const text = (value: string): AttributeValue => ({
  type: AttributeType.STRING,
  s: utf8.encode(value),
});

/** A TENSOR attribute. */
export const tensor = (value: OnnxTensor): AttributeValue => ({ type: AttributeType.TENSOR, t: value });

/** A GRAPH attribute: a branch or loop body. */
export const subgraph = (value: OnnxGraph): AttributeValue => ({ type: AttributeType.GRAPH, g: value });

/** A node's attribute of that name. */
export function findAttribute(node: OnnxNode, name: string): OnnxAttribute | undefined {
  return node.attributes.find((attribute) => attribute.name === name);
}

/** An INT attribute's value, `fallback` (the operator's default) when absent. */
export function intAttribute<T>(node: OnnxNode, name: string, fallback: T): number | T {
  return typed(node, name, AttributeType.INT)?.i ?? absent(node, name, fallback, 0);
}

/** A FLOAT attribute's value, `fallback` when absent. */
export function floatAttribute<T>(node: OnnxNode, name: string, fallback: T): number | T {
  return typed(node, name, AttributeType.FLOAT)?.f ?? absent(node, name, fallback, 0);
}

/** An INTS attribute's values, `fallback` when absent. */
export function intsAttribute<T>(node: OnnxNode, name: string, fallback: T): number[] | T {
  return typed(node, name, AttributeType.INTS)?.ints ?? absent(node, name, fallback, []);
}

/** A FLOATS attribute's values, `fallback` when absent. */
export function floatsAttribute<T>(node: OnnxNode, name: string, fallback: T): number[] | T {
  return typed(node, name, AttributeType.FLOATS)?.floats ?? absent(node, name, fallback, []);
}

/** A STRING attribute's text, `fallback` when absent. */
export function textAttribute<T>(node: OnnxNode, name: string, fallback: T): string | T {
  const bytes = typed(node, name, AttributeType.STRING)?.s;
  return bytes === undefined ? absent(node, name, fallback, '') : decoder.decode(bytes);
}

/** A TENSOR attribute. */
export function tensorAttribute(node: OnnxNode, name: string): OnnxTensor | undefined {
  return typed(node, name, AttributeType.TENSOR)?.t;
}

/** Every graph nested in a node: the branches of If, the bodies of Loop and Scan. */
export function subgraphs(node: OnnxNode): OnnxGraph[] {
  return node.attributes.flatMap((attribute) => [
    ...(attribute.g === undefined ? [] : [attribute.g]),
    ...(attribute.graphs ?? []),
  ]);
}

/** Writers may leave out zero and empty values, so a present attribute without a value is that zero. */
function absent<T, Z>(node: OnnxNode, name: string, fallback: T, zero: Z): T | Z {
  return findAttribute(node, name) === undefined ? fallback : zero;
}

function typed(node: OnnxNode, name: string, type: number): OnnxAttribute | undefined {
  const attribute = findAttribute(node, name);
  // Files older than IR version 3 leave the type out.
  if (attribute && attribute.type !== type && attribute.type !== AttributeType.UNDEFINED)
    throw new SakeError(
      'invalid-file',
      `attribute: expected "${name}" of ${node.opType} "${node.name}" to be of type ${type}, got type ${attribute.type}`,
    );
  return attribute;
}
