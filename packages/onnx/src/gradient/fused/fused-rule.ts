import { SakeError } from '@sakejs/spec';
import type { OnnxNode } from '../../ir.js';
import { operatorKey } from '../../operator-key.js';
import type { GradientGraph } from '../gradient-graph.js';

/** How one fused operator is written in operators that have gradient rules. */
export interface FusedRule {
  /**
   * Appends the nodes.
   *
   * @returns A tensor for each output of the node, in order; undefined for outputs that the rule cannot give.
   */
  expand(node: OnnxNode, graph: GradientGraph): readonly (string | undefined)[];
}

/** Rules by operator key. */
export type FusedRules = Readonly<Record<string, FusedRule>>;

/** An optional input; undefined where it is left out. */
export function optional(node: OnnxNode, index: number): string | undefined {
  const name = node.inputs[index];
  return name === undefined || name === '' ? undefined : name;
}

/** The error for a form of a fused operator that cannot be expanded. */
export function unsupportedForm(node: OnnxNode, expected: string, got: string): SakeError {
  return new SakeError(
    'unsupported',
    `differentiate: expected ${operatorKey(node)} "${node.name}" ${expected}, got ${got}, which has no gradient rule`,
    { details: { operator: operatorKey(node), node: node.name } },
  );
}
