import {
  DataType,
  decodeModel,
  encodeModel,
  float,
  GraphBuilder,
  int,
  makeTensor,
  readTensor,
  subgraph,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
} from '@sakejs/onnx';
import { readFile, writeFile } from 'node:fs/promises';
import { END_OF_TEXT, TINY_VOCABULARY } from './byte-tokenizer.js';

/** An operator of ONNX Runtime that generates text with a decoder inside it. */
export type SearchOp = 'BeamSearch' | 'GreedySearch' | 'Sampling';

export interface SearchForm {
  /** Whether the first step has a graph of its own, with one position behind its last attention. */
  readonly init?: boolean;
  /** By how many rows of zeros the head is padded. */
  readonly padding?: number;
}

/** Inputs of each operator beside the ids, which the graph around has too. */
const SETTINGS: Readonly<Record<SearchOp, readonly (readonly [name: string, type: DataType])[]>> = {
  BeamSearch: [
    ['max_length', DataType.INT32],
    ['min_length', DataType.INT32],
    ['num_beams', DataType.INT32],
    ['num_return_sequences', DataType.INT32],
    ['length_penalty', DataType.FLOAT],
    ['repetition_penalty', DataType.FLOAT],
  ],
  GreedySearch: [
    ['max_length', DataType.INT32],
    ['min_length', DataType.INT32],
    ['repetition_penalty', DataType.FLOAT],
  ],
  Sampling: [
    ['max_length', DataType.INT32],
    ['min_length', DataType.INT32],
    ['repetition_penalty', DataType.FLOAT],
  ],
};

/**
 * Puts the GPT-2 of a file, of int32 ids and a stacked cache, inside an operator that generates text, as ONNX Runtime's
 * converter does: ids of length 1 and shared weights outside where the first step has a graph of its own.
 */
export async function putInSearch(file: string, op: SearchOp, form: SearchForm = {}): Promise<void> {
  const { graph, ...model } = decodeModel(await readFile(file));
  const { padding = 0, init = false } = form;
  const decoder = ordered(padding > 0 ? paddedHead(graph, padding) : graph);
  const builder = new GraphBuilder('search');
  const inputs = [
    builder.input('input_ids', DataType.INT32, ['batch_size', 'sequence_length']),
    ...SETTINGS[op].map(([name, type]) => builder.input(name, type, [1])),
  ];
  const [own, shared] = init ? [[], decoder.initializers] : [decoder.initializers, []];
  builder.graph.initializers.push(...shared);
  const nested = { ...decoder, name: 'gpt2 decoder', initializers: own };
  builder.node(op, inputs, {
    domain: 'com.microsoft',
    name: `${op}_gpt2`,
    outputs: ['sequences'],
    attributes: {
      eos_token_id: int(END_OF_TEXT),
      pad_token_id: int(END_OF_TEXT),
      no_repeat_ngram_size: int(0),
      model_type: int(0),
      ...(op === 'Sampling' && { temperature: float(1), top_p: float(0.9) }),
      ...(padding > 0 && { vocab_size: int(TINY_VOCABULARY) }),
      ...(init && { init_decoder: subgraph(lastPosition(nested)) }),
      decoder: subgraph(init ? oneToken(nested) : nested),
    },
  });
  const dims = op === 'BeamSearch' ? ['batch_size', 'beams', 'max_length'] : ['batch_size', 'max_length'];
  builder.output('sequences', DataType.INT32, dims);
  const searching: OnnxModel = {
    ...model,
    graph: builder.graph,
    opsetImports: [
      ...model.opsetImports.filter(({ domain }) => domain !== 'com.microsoft'),
      { domain: 'com.microsoft', version: 1 },
    ],
  };
  await writeFile(file, encodeModel(searching));
}

/** Ids, positions, mask, cache: the operators tell a decoder's inputs by their order. */
function ordered(graph: OnnxGraph): OnnxGraph {
  const order = ['input_ids', 'position_ids', 'attention_mask'];
  const rank = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
  return { ...graph, inputs: graph.inputs.toSorted((a, b) => rank(a.name) - rank(b.name)) };
}

/** A decoder whose head is a matrix of its own, the embedding transposed and padded by columns of zeros. */
function paddedHead(graph: OnnxGraph, padding: number): OnnxGraph {
  const head = graph.nodes.find(({ outputs }) => outputs.includes('logits'))!;
  const turned = graph.nodes.find(({ outputs }) => outputs.includes(head.inputs[1]!))!;
  const table = graph.initializers.find(({ name }) => name === turned.inputs[0])!;
  const [rows, width] = table.dims as [number, number];
  const values = Float32Array.from(readTensor(table) as Float32Array);
  const columns = rows + padding;
  const matrix = Float32Array.from({ length: width * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    return column < rows ? values[column * width + row]! : 0;
  });
  return {
    ...graph,
    nodes: graph.nodes
      .filter((node) => node !== turned)
      .map((node) => (node === head ? { ...head, inputs: [head.inputs[0]!, 'padded_head'] } : node)),
    initializers: [...graph.initializers, makeTensor('padded_head', [width, columns], matrix)],
    outputs: graph.outputs.map((output) =>
      output.name === 'logits'
        ? tensorOf(output, (dims) => [...dims.slice(0, 2), { value: columns }])
        : output,
    ),
  };
}

/** The graph of the first step: its final norm reads the last position only. */
function lastPosition(graph: OnnxGraph): OnnxGraph {
  const stream = `resid_post.${graph.inputs.filter(({ name }) => name.startsWith('past')).length - 1}`;
  const bounds = [-1, -2, 1, -1].map((value, at) =>
    makeTensor(`slice_last_${at}`, [1], [value], DataType.INT32),
  );
  const cut: OnnxNode = {
    ...{ opType: 'Slice', domain: '', name: 'slice_last', attributes: [] },
    inputs: [stream, ...bounds.map(({ name }) => name)],
    outputs: ['last_stream'],
  };
  return {
    ...graph,
    nodes: graph.nodes.flatMap((node) =>
      node.outputs.includes(stream)
        ? [node, cut]
        : [{ ...node, inputs: node.inputs.map((name) => (name === stream ? 'last_stream' : name)) }],
    ),
    initializers: [...graph.initializers, ...bounds],
    valueInfo: [],
  };
}

/** A decoder whose ids are declared to be of length 1. */
function oneToken(graph: OnnxGraph): OnnxGraph {
  return {
    ...graph,
    inputs: graph.inputs.map((input) =>
      /^(input|position)_ids$/.test(input.name)
        ? tensorOf(input, ([batch]) => [batch!, { value: 1 }])
        : input,
    ),
    outputs: graph.outputs.map((output) =>
      output.name === 'logits'
        ? tensorOf(output, ([batch, , size]) => [batch!, { value: 1 }, size!])
        : output,
    ),
  };
}

type Port = OnnxGraph['inputs'][number];
type Dims = NonNullable<NonNullable<NonNullable<Port['type']>['tensor']>['shape']>;

function tensorOf(port: Port, change: (dims: Dims) => Dims): Port {
  const tensor = port.type!.tensor!;
  return { ...port, type: { ...port.type, tensor: { ...tensor, shape: change(tensor.shape!) } } };
}
