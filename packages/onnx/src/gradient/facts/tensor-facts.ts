import type { OnnxNode } from '../../ir.js';
import { intsAttribute } from '../../attributes.js';
import type { Dimension } from '../../graph-builder.js';

/** What is known about a tensor before the model runs; undefined means unknown. */
export interface TensorFacts {
  readonly dtype?: number | undefined;
  /** Equal names stand for equal sizes. */
  readonly dims?: readonly Dimension[] | undefined;
  /** Values of a small constant or computed shape, flattened. */
  readonly values?: readonly Dimension[] | undefined;
}

/** Derives a node's outputs from what is known of its inputs. */
export type FactRule = (
  node: OnnxNode,
  inputs: readonly TensorFacts[],
  opset: number,
) => readonly TensorFacts[];

export type FactRules = Readonly<Record<string, FactRule>>;

export const NOTHING: TensorFacts = {};

/** The facts of one input; nothing for one that is left out. */
export function factsAt(inputs: readonly TensorFacts[], index: number): TensorFacts {
  return inputs[index] ?? NOTHING;
}

/** Values that are all known numbers. */
export function knownNumbers(values: readonly Dimension[] | undefined): number[] | undefined {
  return values?.every((value) => typeof value === 'number') ? [...values] : undefined;
}

/** Product of sizes, undefined unless all are numbers. */
export function knownSize(dims: readonly Dimension[] | undefined): number | undefined {
  return knownNumbers(dims)?.reduce((product, dim) => product * dim, 1);
}

/** Integers given as an input or, in older operator sets, as an attribute. */
export function listOf(
  node: OnnxNode,
  inputs: readonly TensorFacts[],
  index: number,
  attribute: string,
): { given: boolean; values: number[] | undefined } {
  if ((node.inputs[index] ?? '') !== '')
    return { given: true, values: knownNumbers(factsAt(inputs, index).values) };
  const values = intsAttribute(node, attribute, undefined);
  return { given: values !== undefined, values };
}

/** An axis counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** The size that broadcasting two axes gives. */
function broadcastDim(a: Dimension, b: Dimension): Dimension {
  if (a === 1) return b;
  if (b === 1 || a === b) return a;
  // A size above 1 decides: the other axis has it too, or is 1.
  if (typeof a === 'number') return a;
  return typeof b === 'number' ? b : undefined;
}

/** The shape that broadcasting gives; undefined when a rank is unknown. */
export function broadcastFacts(
  shapes: readonly (readonly Dimension[] | undefined)[],
): readonly Dimension[] | undefined {
  return shapes.reduce((a, b) => {
    if (a === undefined || b === undefined) return undefined;
    const rank = Math.max(a.length, b.length);
    const [left, right] = [a, b].map((dims) => [...Array<Dimension>(rank - dims.length).fill(1), ...dims]);
    return left!.map((dim, axis) => broadcastDim(dim, right![axis]));
  });
}

/** The more definite of two statements about one tensor, axis by axis. */
export function mergeFacts(a: TensorFacts, b: TensorFacts): TensorFacts {
  const definite = (x: Dimension, y: Dimension): Dimension =>
    typeof x !== 'number' && typeof y === 'number' ? y : (x ?? y);
  return {
    dtype: a.dtype ?? b.dtype,
    dims:
      a.dims !== undefined && b.dims?.length === a.dims.length
        ? a.dims.map((dim, axis) => definite(dim, b.dims![axis]))
        : (a.dims ?? b.dims),
    values: a.values ?? b.values,
  };
}
