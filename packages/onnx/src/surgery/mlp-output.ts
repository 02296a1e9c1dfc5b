import { SakeError } from '@sakejs/spec';
import type { OnnxModel, OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { checkGraph } from './check-graph.js';
import type { MlpProjection } from './find-mlp-projections.js';
import { GraphIndex } from './graph-index.js';
import { isLayout } from './head-steps.js';
import { isSkipNorm } from './skip-norm.js';

/**
 * The tensor that a block's MLP adds to the residual stream: its down-projection's output, with the bias where another
 * node adds one.
 *
 * @returns Its name; floats [.., hiddenSize].
 * @throws {SakeError} `unsupported` where something other than a bias lies between the projection and the stream, such
 *   as a norm: what is added to the output is then not what is added to the stream.
 */
export function mlpOutput(model: OnnxModel, projection: MlpProjection): string {
  const graph = checkGraph(model.graph);
  const index = new GraphIndex(graph);
  let tensor = projection.output;
  for (let end = tensor; ;) {
    const readers = graph.nodes.filter(({ inputs }) => inputs.includes(end));
    const [reader] = readers;
    if (reader === undefined || readers.length > 1) throw refusal(projection, readers);
    if (joins(index, reader)) return tensor;
    const passes = reader.opType === 'Cast' || reader.opType === 'Identity' || isLayout(reader);
    const biased = reader.opType === 'Add' && index.variables(reader).length === 1;
    if (!passes && !biased) throw refusal(projection, readers);
    end = reader.outputs[0]!;
    if (biased) tensor = end;
  }
}

/** Whether a node adds two computed tensors. */
export function joins(index: GraphIndex, node: OnnxNode): boolean {
  if (isSkipNorm(node)) return true;
  return (node.opType === 'Add' || node.opType === 'Sum') && index.variables(node).length > 1;
}

function refusal({ layer, output }: MlpProjection, readers: readonly OnnxNode[]): SakeError {
  const names = readers.map((node) => `${operatorKey(node)} "${node.name}"`).join(', ') || 'nothing';
  return new SakeError(
    'unsupported',
    `mlpOutput: expected block ${layer} to add its MLP's output "${output}" to the residual stream as it is, got it read by ${names}`,
    { details: { layer, tensor: output } },
  );
}
