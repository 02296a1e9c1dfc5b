import type { OnnxNode } from '../ir.js';
import type { GradientGraph } from './gradient-graph.js';

/** One operator's backward pass: a vector-Jacobian product, as graph nodes. */
export interface GradientRule {
  /** Indices of the inputs that a gradient flows to; every input when absent. */
  readonly inputs?: readonly number[];
  /**
   * Appends the nodes that compute the gradient of each input, each of exactly its input's shape and type.
   *
   * @returns Tensor names in input order; undefined for zero and for inputs that are not wanted.
   */
  backward(call: GradientCall): readonly (string | undefined)[];
}

/** A node to differentiate. */
export interface GradientCall {
  readonly node: OnnxNode;
  readonly graph: GradientGraph;
  /** Gradients of the node's outputs, at least one; undefined where none came. */
  readonly gradients: readonly (string | undefined)[];
  /** Whether the gradient of an input is needed. */
  wants(input: number): boolean;
  /**
   * The one node through which an output's gradient came, when there is one only, with that node's own
   * first output and its gradient. Lets a rule use identities that span two nodes.
   */
  onlyConsumer(output: number): { node: OnnxNode; output: string; gradient: string } | undefined;
}

/** Rules by operator key: `Add`, `com.microsoft:FusedMatMul`. */
export type GradientRules = ReadonlyMap<string, GradientRule>;
