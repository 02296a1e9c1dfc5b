import { SakeError } from '@sakejs/spec';
import { DataType, type OnnxGraph, type OnnxNode } from '../ir.js';
import { operatorKey } from '../operator-key.js';
import { dataTypeName } from '../tensors/element-types.js';
import { constantShape } from './constant-shape.js';
import type { GraphIndex } from './graph-index.js';
import { isLayout } from './head-steps.js';

/** What a decoder is fed beside its cache. */
export interface DecoderInputs {
  readonly ids: string;
  readonly mask: string | undefined;
  readonly positions: string | undefined;
}

/** Which operand is the table and which the ids, by the operator that looks up. */
const LOOKUPS: Readonly<Record<string, readonly [table: number, ids: number]>> = {
  Gather: [0, 1],
  'com.microsoft:GatherBlockQuantized': [0, 1],
  'com.microsoft:EmbedLayerNormalization': [2, 0],
};

const INTEGERS: ReadonlySet<number> = new Set([DataType.INT64, DataType.INT32]);

/** Graph inputs that must be fed: initializers may be declared as inputs too. */
export function fedInputs(index: GraphIndex): string[] {
  return index.graph.inputs.map(({ name }) => name).filter((name) => !index.isConstant(name));
}

/**
 * Finds token ids, mask and positions: by their usual names, ids otherwise by the table that they look up.
 *
 * @throws {SakeError} `unsupported` without ids, for the second half of an encoder-decoder, for a projection that is far
 *   smaller than the vocabulary; `invalid-file` for ids, mask or positions that are no integers.
 */
export function findInputs(index: GraphIndex, vocabularySize: number): DecoderInputs {
  const inputs = fedInputs(index);
  const foreign = inputs.find((name) => name.startsWith('encoder_'));
  if (foreign !== undefined)
    throw new SakeError(
      'unsupported',
      `findDecoder: expected a decoder of its own, got an input "${foreign}", the output of an encoder`,
      { details: { input: foreign } },
    );
  const rows = tableRows(index);
  const ids = inputs.find((name) => name === 'input_ids') ?? lookedUp(rows, vocabularySize);
  if (ids === undefined)
    throw new SakeError(
      'unsupported',
      `findDecoder: expected an input "input_ids" or one that looks up embeddings, got ${inputs.join(', ') || 'none'}`,
      { details: { inputs } },
    );
  const table = rows.get(ids);
  if (table !== undefined && 2 * vocabularySize < table)
    throw new SakeError(
      'unsupported',
      `findDecoder: expected logits over the vocabulary of ${table} embeddings, got ${vocabularySize}; the graph classifies, it does not continue text`,
      { details: { embeddings: table, logits: vocabularySize } },
    );
  const found = {
    ids,
    mask: inputs.find((name) => name === 'attention_mask'),
    positions: inputs.find((name) => name === 'position_ids'),
  };
  checkIntegers(index.graph, [found.ids, found.mask, found.positions]);
  return found;
}

function checkIntegers(graph: OnnxGraph, names: readonly (string | undefined)[]): void {
  for (const { name, type } of graph.inputs) {
    const elemType = type?.tensor?.elemType;
    if (!names.includes(name) || elemType === undefined || INTEGERS.has(elemType)) continue;
    // Some masks are given as truth values or as floats; ids and positions never are.
    if (name === 'attention_mask' && elemType !== DataType.STRING) continue;
    throw new SakeError(
      'invalid-file',
      `findDecoder: expected the input "${name}" to be INT64 or INT32, got ${dataTypeName(elemType)}`,
      { details: { tensor: name } },
    );
  }
}

/** Sizes of the tables that graph inputs look rows up in. */
function tableRows(index: GraphIndex): Map<string, number> {
  const rows = new Map<string, number>();
  for (const node of index.graph.nodes) {
    const input = lookupInput(index, node);
    if (input === undefined) continue;
    const table = constantShape(index, node.inputs[LOOKUPS[operatorKey(node)]![0]] ?? '');
    if (table !== undefined && table.length >= 2) rows.set(input, Math.max(rows.get(input) ?? 0, table[0]!));
  }
  return rows;
}

/** The graph input whose values a node looks up in a constant table. */
function lookupInput(index: GraphIndex, node: OnnxNode): string | undefined {
  const places = LOOKUPS[operatorKey(node)];
  if (places === undefined || !index.isConstant(node.inputs[places[0]] ?? '')) return undefined;
  let tensor = node.inputs[places[1]] ?? '';
  for (let maker = index.producer(tensor); maker; maker = index.producer(tensor)) {
    if (maker.opType !== 'Cast' && !isLayout(maker)) return undefined;
    tensor = maker.inputs[0]!;
  }
  return index.isConstant(tensor) ? undefined : tensor;
}

/** The input that looks up as many rows as there are logits, or else the most. */
function lookedUp(rows: ReadonlyMap<string, number>, vocabularySize: number): string | undefined {
  const sorted = [...rows].sort(([, a], [, b]) => b - a);
  return (sorted.find(([, count]) => count === vocabularySize) ?? sorted[0])?.[0];
}
