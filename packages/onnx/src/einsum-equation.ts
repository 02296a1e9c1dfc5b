import { SakeError } from '@sakejs/spec';
import { textAttribute } from './attributes.js';
import type { OnnxNode } from './ir.js';

/** An Einsum's labels, one letter an axis. */
export interface EinsumEquation {
  readonly inputs: readonly string[];
  readonly output: string;
}

/**
 * Reads the equation of an Einsum node; without `->` the output has every label that occurs once, in their order.
 *
 * @throws {SakeError} `unsupported` for an ellipsis, or for a label that occurs twice in one operand.
 */
export function einsumEquation(node: OnnxNode): EinsumEquation {
  const equation = textAttribute(node, 'equation', '').replaceAll(' ', '');
  const [left = '', right] = equation.split('->');
  const inputs = left.split(',');
  const labels = inputs.join('');
  const output =
    right ??
    [...new Set(labels)]
      .filter((label) => labels.split(label).length === 2)
      .sort()
      .join('');
  for (const operand of [...inputs, output])
    if (operand.includes('.') || new Set(operand).size < operand.length)
      throw new SakeError(
        'unsupported',
        `Einsum "${node.name}": expected operands of distinct letters, got "${equation}"`,
        { details: { node: node.name, equation } },
      );
  return { inputs, output };
}
