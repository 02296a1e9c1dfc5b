import { SakeError } from '@sakejs/spec';
import type { OnnxModel } from '../ir.js';
import { findHead, type DecoderHead } from './find-head.js';
import { findResiduals } from './find-residuals.js';
import { GraphIndex } from './graph-index.js';

/** A past's input and the output that becomes it in the next step. */
export interface CachePair {
  readonly input: string;
  readonly output: string;
}

/** Where the parts of a decoder are in a graph; all names are of tensors. */
export interface DecoderMap {
  /** Graph output [batch, length, vocabularySize]. */
  readonly logits: string;
  /** Output of the final norm, input of the head: [batch, length, hiddenSize]. */
  readonly hiddenTensor: string;
  readonly head: DecoderHead;
  /** Residual stream after each block; undefined where the graph does not show it. */
  readonly residuals: readonly string[] | undefined;
  /** Empty for graphs without a cache. */
  readonly cache: readonly CachePair[];
  readonly inputs: {
    readonly ids: string;
    readonly mask: string | undefined;
    readonly positions: string | undefined;
  };
  readonly hiddenSize: number;
  readonly vocabularySize: number;
}

/** `past_key_values.0.key` belongs to `present.0.key`, `past_0` to `present_0`. */
const PAST = /^past(_key_values)?(?=[._])/;

/**
 * Finds the parts of a decoder by the graph's topology; only inputs and outputs are known by name.
 *
 * @throws {SakeError} `unsupported` for a graph without token ids, logits, or a head that is a product with a constant
 *   matrix, and for a past without a `present`.
 */
export function findDecoder(model: OnnxModel): DecoderMap {
  const { graph } = model;
  const index = new GraphIndex(graph);
  const logits = findLogits(graph.outputs.map(({ name }) => name));
  const head = findHead(index, logits);
  const inputs = graph.inputs.map(({ name }) => name).filter((name) => !index.isConstant(name));
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const ids = inputs.find((name) => name === 'input_ids');
  if (ids === undefined)
    throw new SakeError(
      'unsupported',
      `findDecoder: expected an input "input_ids", got ${inputs.join(', ') || 'none'}`,
    );
  const cache = inputs
    .filter((name) => PAST.test(name))
    .map((input) => {
      const output = input.replace(PAST, 'present');
      if (!outputs.has(output))
        throw new SakeError(
          'unsupported',
          `findDecoder: expected an output "${output}" for the input "${input}", got none`,
        );
      return { input, output };
    });
  return {
    logits,
    hiddenTensor: head.input,
    head,
    residuals: findResiduals(index, head.input),
    cache,
    inputs: {
      ids,
      mask: inputs.find((name) => name === 'attention_mask'),
      positions: inputs.find((name) => name === 'position_ids'),
    },
    hiddenSize: head.hiddenSize,
    vocabularySize: head.vocabularySize,
  };
}

function findLogits(outputs: readonly string[]): string {
  const others = outputs.filter((name) => !name.startsWith('present'));
  const logits = others.find((name) => name === 'logits') ?? (others.length === 1 ? others[0] : undefined);
  if (logits === undefined)
    throw new SakeError(
      'unsupported',
      `findDecoder: expected an output "logits", got ${outputs.join(', ') || 'none'}`,
    );
  return logits;
}
