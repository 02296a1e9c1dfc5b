import { operatorKey } from '../operator-key.js';
import type { OnnxNode } from '../ir.js';
import type { GraphIndex } from './graph-index.js';
import { isLayout } from './head-steps.js';

/** Which input of an attention operator is a past, and which output is what it becomes. */
const ATTENTIONS: Readonly<Record<string, readonly (readonly [past: number, present: number])[]>> = {
  Attention: [
    [4, 1],
    [5, 2],
  ],
  'com.microsoft:Attention': [[4, 1]],
  'com.microsoft:GroupQueryAttention': [
    [3, 1],
    [4, 2],
  ],
  'com.microsoft:MultiHeadAttention': [
    [6, 1],
    [7, 2],
  ],
};

/** Outputs of a node that a past among its inputs leads to. */
function continued(node: OnnxNode, past: string): readonly string[] {
  const op = operatorKey(node);
  const places = Object.hasOwn(ATTENTIONS, op) ? ATTENTIONS[op] : undefined;
  if (places !== undefined)
    return places.flatMap(([from, to]) => (node.inputs[from] === past ? [node.outputs[to] ?? ''] : []));
  // What grows is joined to; a cache that is only read, as of a cross attention, is no past.
  if (op === 'Concat') return node.inputs[0] === past ? node.outputs : [];
  return op === 'Cast' || op === 'Transpose' || (isLayout(node) && node.inputs[0] === past)
    ? node.outputs
    : [];
}

/** The graph output that a past grows into, where it grows into exactly one. */
export function followPast(index: GraphIndex, past: string): string | undefined {
  const reached = new Set([past]);
  for (const node of index.graph.nodes)
    for (const name of node.inputs.filter((input) => reached.has(input)))
      for (const output of continued(node, name)) if (output !== '') reached.add(output);
  const found = index.graph.outputs.filter(({ name }) => reached.has(name));
  return found.length === 1 ? found[0]!.name : undefined;
}
