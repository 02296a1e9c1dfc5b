import { SakeError, type StateKind } from '@sakejs/spec';
import type { OnnxModel, OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { checkGraph } from './check-graph.js';
import { findDecoder, type DecoderMap } from './find-decoder.js';
import { GraphIndex } from './graph-index.js';
import { isLayout } from './head-steps.js';
import { joins } from './mlp-output.js';
import { findBlocks, SHAPE_OPS, throughLayout, type Join } from './residual-joins.js';

/** Where a decoder's blocks show their states. All names are of tensors [batch, length, hiddenSize]. */
export interface BlockStates {
  /** The residual stream in front of the first block. */
  readonly embedded: string;
  /**
   * The token embeddings in it, scaled where the model scales them: without those of positions where a sum adds them.
   * The same as `embedded` where nothing does; the leading axes may be laid out otherwise.
   */
  readonly tokenEmbeddings: string;
  /** The residual stream behind each block. */
  readonly stream: readonly string[];
  /** What each block's attention adds to the stream, or why it cannot be told. */
  readonly attention: readonly string[] | SakeError;
  /** What each block's MLP adds to the stream, or why it cannot be told. */
  readonly mlp: readonly string[] | SakeError;
}

const WHERE = 'findBlockStates';

/**
 * Finds the states of every block by the graph's topology, first block first.
 *
 * A block's parts are what its additions to the residual stream add: one that attention takes part in, and one that it
 * does not. Norms between a part and the stream belong to the part.
 * @throws {SakeError} `unsupported` for a graph that does not show its residual streams; as `findDecoder`.
 */
export function findBlockStates(
  model: OnnxModel,
  decoder: Pick<DecoderMap, 'hiddenTensor' | 'inputs'> = findDecoder(model),
): BlockStates {
  const index = new GraphIndex(checkGraph(model.graph));
  const blocks = findBlocks(index, decoder.hiddenTensor);
  if (blocks === undefined)
    throw new SakeError(
      'unsupported',
      `${WHERE}: expected a graph that shows its residual streams, got none on the way back from "${decoder.hiddenTensor}"; ` +
        'export it without runtime fusions',
      { details: { tensor: decoder.hiddenTensor } },
    );
  const embedded = asRead(index, blocks[0]![0]!.stream).tensor;
  return {
    embedded,
    tokenEmbeddings: tokensOf(index, embedded, decoder.inputs.ids),
    stream: blocks.map((block) => block.at(-1)!.output),
    attention: partsOf(index, blocks, 'attention'),
    mlp: partsOf(index, blocks, 'mlp'),
  };
}

/** A tensor as it is used: behind changes of type and layout that are all that reads it. */
function asRead(index: GraphIndex, name: string): { tensor: string; readers: readonly OnnxNode[] } {
  for (let tensor = name; ;) {
    const readers = index.graph.nodes.filter(({ inputs }) => inputs.includes(tensor));
    const [only] = readers;
    if (readers.length !== 1 || !(only!.opType === 'Cast' || isLayout(only!))) return { tensor, readers };
    tensor = only!.outputs[0]!;
  }
}

/** Of a sum of embeddings the one that is of tokens; the sum where none or several are. */
function tokensOf(index: GraphIndex, embedded: string, ids: string): string {
  for (let sum = embedded; ;) {
    const node = index.producer(throughLayout(index, sum));
    if (node?.opType !== 'Add' && node?.opType !== 'Sum') return sum;
    const terms = index.variables(node).filter((name) => reads(index, name, ids));
    if (terms.length !== 1) return sum;
    sum = terms[0]!;
  }
}

/** Whether a tensor depends on another's values, not only on its shape. */
function reads(index: GraphIndex, name: string, source: string): boolean {
  const seen = new Set<string>();
  const open = [name];
  for (let tensor = open.pop(); tensor !== undefined; tensor = open.pop()) {
    if (tensor === source) return true;
    const node = index.producer(tensor);
    if (node === undefined || seen.has(tensor) || SHAPE_OPS.has(node.opType)) continue;
    seen.add(tensor);
    open.push(...index.variables(node));
  }
  return false;
}

function partsOf(
  index: GraphIndex,
  blocks: readonly (readonly Join[])[],
  kind: Exclude<StateKind, 'stream'>,
): string[] | SakeError {
  const found: string[] = [];
  for (const [layer, block] of blocks.entries()) {
    const part = partOf(index, block, kind);
    if (typeof part !== 'string') return refusal(layer, kind, part.got);
    found.push(part);
  }
  return found;
}

function partOf(
  index: GraphIndex,
  block: readonly Join[],
  kind: Exclude<StateKind, 'stream'>,
): string | { readonly got: string } {
  const branches = block
    .flatMap((join) => join.branches)
    .filter(({ attends }) => attends === (kind === 'attention'));
  const [branch] = branches;
  if (branch === undefined) return { got: 'none' };
  if (branches.length > 1)
    return { got: `several: ${branches.map(({ output }) => `"${output}"`).join(', ')}` };
  const { tensor, readers } = asRead(index, branch.output);
  if (readers.length === 1 && joins(index, readers[0]!)) return tensor;
  const names = readers.map((node) => `${operatorKey(node)} "${node.name}"`).join(', ');
  return { got: `"${tensor}", which is read by ${names || 'nothing'}` };
}

function refusal(layer: number, kind: StateKind, got: string): SakeError {
  return new SakeError(
    'unsupported',
    `${WHERE}: expected block ${layer} to add one thing to the residual stream that attention ` +
      `${kind === 'attention' ? 'takes part in' : 'takes no part in'}, got ${got}`,
    { details: { layer, kind } },
  );
}
