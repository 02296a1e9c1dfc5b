import { SakeError, isSakeError } from '@sakejs/spec';
import type { OnnxModel } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { dataTypeName } from '../tensors/element-types.js';
import { isFloatType } from '../tensors/float-types.js';
import { checkGraph } from './check-graph.js';
import { decoderLayout } from './decoder-layout.js';
import { findCache, type CachePair } from './find-cache.js';
import { findHead, type DecoderHead } from './find-head.js';
import { fedInputs, findInputs, type DecoderInputs } from './find-inputs.js';
import { findResiduals } from './find-residuals.js';
import { GraphIndex } from './graph-index.js';
import { isProduct } from './head-products.js';
import { stepKind } from './head-steps.js';

/** Where the parts of a decoder are in a graph; all names are of tensors. */
export interface DecoderMap {
  /** Graph output [batch, length, vocabularySize]. */
  readonly logits: string;
  /** Output of the final norm, input of the head: [batch, length, hiddenSize]. */
  readonly hiddenTensor: string;
  /** Element type of the hidden states in the graph, a `DataType`: FLOAT16 in half-precision exports. */
  readonly hiddenType: number;
  readonly head: DecoderHead;
  /** Whether the graph's own logits are of some positions only, as of the last; the hidden states are of all. */
  readonly selects: boolean;
  /** Residual stream after each block; undefined where the graph does not show it. */
  readonly residuals: readonly string[] | undefined;
  /** Empty for graphs without a cache. */
  readonly cache: readonly CachePair[];
  readonly inputs: DecoderInputs & {
    /** Further inputs that must be fed to the whole graph, such as how many logits to keep. */
    readonly others: readonly string[];
  };
  readonly hiddenSize: number;
  readonly vocabularySize: number;
}

export interface FindDecoderOptions {
  /** Names the hidden states by hand; the head is then what lies between them and the logits. */
  readonly hiddenTensor?: string;
}

/**
 * Finds the parts of a decoder by the graph's topology; only inputs and outputs are known by name.
 *
 * @throws {SakeError} `invalid-file` for a malformed graph, naming node and tensor; `unsupported` for a graph without
 *   token ids, logits, or a head that is a product with a constant matrix, for a past without a `present`, and for a
 *   decoder inside another node, which `plainDecoder` takes out.
 */
export function findDecoder(model: OnnxModel, options: FindDecoderOptions = {}): DecoderMap {
  const graph = checkGraph(model.graph);
  const layout = decoderLayout(model);
  if (layout.kind !== 'plain')
    throw new SakeError(
      'unsupported',
      `findDecoder: expected a plain decoder, got one inside ${operatorKey(layout.node)} "${layout.node.name}"; take it out with plainDecoder`,
      { details: { node: layout.node.name, op: operatorKey(layout.node) } },
    );
  const index = new GraphIndex(graph);
  const { logits, head } = findLogits(index, options.hiddenTensor);
  const type = index.elementType(logits);
  if (!isFloatType(type))
    throw new SakeError(
      'invalid-file',
      `findDecoder: expected "${logits}" to be of a float type, got ${dataTypeName(type)}`,
      { details: { tensor: logits } },
    );
  const { hiddenSize, vocabularySize } = head;
  const inputs = findInputs(index, vocabularySize);
  const fed = fedInputs(index);
  const cache = findCache(index, fed);
  const known = new Set<string | undefined>([
    inputs.ids,
    inputs.mask,
    inputs.positions,
    ...cache.map(({ input }) => input),
  ]);
  return {
    logits,
    hiddenTensor: head.input,
    hiddenType: index.elementType(head.input),
    head,
    selects: head.path.some((node) => !isProduct(node) && stepKind(index, node) === 'selection'),
    residuals: findResiduals(index, head.input),
    cache,
    inputs: { ...inputs, others: fed.filter((name) => !known.has(name)) },
    hiddenSize,
    vocabularySize,
  };
}

/** Outputs that exporters give beside the logits, or instead of them. */
const STATES: ReadonlySet<string> = new Set(['hidden_states', 'last_hidden_state']);

/** The output `logits`, or the only one beside the cache, or of several the one with a head and the most logits. */
function findLogits(index: GraphIndex, hiddenTensor?: string): { logits: string; head: DecoderHead } {
  const outputs = index.graph.outputs.map(({ name }) => name);
  const states = outputs.filter((name) => STATES.has(name));
  const others = outputs.filter((name) => !name.startsWith('present') && !STATES.has(name));
  if (states.length > 0 && others.length === 0)
    throw new SakeError(
      'unsupported',
      `findDecoder: expected an output "logits", got "${states.join('", "')}": this export has hidden states and no head, ` +
        "as onnxruntime-genai's builder writes with exclude_lm_head and optimum for feature-extraction; export the model with its head",
      { details: { outputs } },
    );
  const named = others.find((name) => name === 'logits') ?? (others.length === 1 ? others[0] : undefined);
  if (named !== undefined) return { logits: named, head: findHead(index, named, hiddenTensor) };
  const heads = others.flatMap((logits) => {
    try {
      return [{ logits, head: findHead(index, logits, hiddenTensor) }];
    } catch (error) {
      if (isSakeError(error) && error.code === 'unsupported') return [];
      throw error;
    }
  });
  const found = heads.toSorted((a, b) => b.head.vocabularySize - a.head.vocabularySize)[0];
  if (found !== undefined) return found;
  throw new SakeError(
    'unsupported',
    `findDecoder: expected an output "logits", got ${outputs.join(', ') || 'none'}`,
    { details: { outputs } },
  );
}
