import { findAttribute } from '../attributes.js';
import type { OnnxModel, OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';

/** How a decoder lies in a model. */
export type DecoderLayout =
  /** The model is the decoder. */
  | { readonly kind: 'plain' }
  /** One branch for the first step and one for those with a past, chosen by an input. */
  | { readonly kind: 'merged'; readonly node: OnnxNode; readonly condition: string }
  /** The decoder is a graph that a node runs in a loop until the text ends. */
  | { readonly kind: 'generation'; readonly node: OnnxNode };

const SEARCHES: ReadonlySet<string> = new Set([
  'com.microsoft:BeamSearch',
  'com.microsoft:GreedySearch',
  'com.microsoft:Sampling',
  'com.microsoft:WhisperBeamSearch',
]);

const PASS_ON: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Squeeze', 'Unsqueeze', 'Reshape', 'Not']);

/** Tells whether the decoder is the model, a branch of it, or inside a node that generates text. */
export function decoderLayout(model: OnnxModel): DecoderLayout {
  const { nodes, inputs } = model.graph;
  const search = nodes.find((node) => SEARCHES.has(operatorKey(node)) && findAttribute(node, 'decoder')?.g);
  if (search !== undefined) return { kind: 'generation', node: search };
  const outputs = new Set(model.graph.outputs.map(({ name }) => name));
  const fed = new Set(inputs.map(({ name }) => name));
  for (const node of nodes) {
    if (operatorKey(node) !== 'If') continue;
    const condition = sourceOf(nodes, node.inputs[0] ?? '');
    if (!fed.has(condition)) continue;
    if (node.outputs.some((name) => outputs.has(name))) return { kind: 'merged', node, condition };
  }
  return { kind: 'plain' };
}

/** What a condition was before it was cast, laid out anew or turned round. */
function sourceOf(nodes: readonly OnnxNode[], name: string): string {
  let tensor = name;
  // Nodes are not known yet to be free of cycles.
  for (const seen = new Set<string>(); !seen.has(tensor);) {
    seen.add(tensor);
    const maker = nodes.find(({ outputs }) => outputs.includes(tensor));
    if (maker === undefined || !PASS_ON.has(operatorKey(maker))) return tensor;
    tensor = maker.inputs[0] ?? '';
  }
  return tensor;
}
