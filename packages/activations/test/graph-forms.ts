import {
  DataType,
  decodeModel,
  encodeModel,
  GraphBuilder,
  int,
  makeTensor,
  tensorInfo,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
} from '@sakejs/onnx';
import { readFile, writeFile } from 'node:fs/promises';

/** Rewrites the graph of a file. */
export async function rewriteGraph(file: string, rewrite: (graph: OnnxGraph) => OnnxGraph): Promise<void> {
  const model: OnnxModel = decodeModel(await readFile(file));
  await writeFile(file, encodeModel({ ...model, graph: rewrite(model.graph) }));
}

/** Nodes and constants made apart, to be put before or behind a graph's own. */
function apart(label: string, make: (builder: GraphBuilder) => void): OnnxGraph {
  const builder = new GraphBuilder(label);
  make(builder);
  const prefixed = (name: string): string =>
    /^(constant|[A-Z]\w*_out)/.test(name) ? `${label}_${name}` : name;
  const { nodes, initializers } = builder.graph;
  return {
    ...builder.graph,
    nodes: nodes.map((node) => ({
      ...node,
      name: `${label}_${node.name}`,
      inputs: node.inputs.map(prefixed),
      outputs: node.outputs.map(prefixed),
    })),
    initializers: initializers.map((tensor) => ({ ...tensor, name: prefixed(tensor.name) })),
  };
}

function joined(before: OnnxGraph, graph: OnnxGraph, after: OnnxGraph): OnnxGraph {
  return {
    ...graph,
    nodes: [...before.nodes, ...graph.nodes, ...after.nodes],
    initializers: [...before.initializers, ...graph.initializers, ...after.initializers],
  };
}

const CACHE = /^(past_key_values|present)\./;
const nothing = (): OnnxGraph => apart('nothing', () => undefined);

/** A built decoder of three blocks with another cache: the same keys and values, packed into one tensor a block. */
export function packedCache(graph: OnnxGraph, form: 'stacked' | 'key_value'): OnnxGraph {
  const heads = graph.inputs.find(({ name }) => CACHE.test(name))!.type!.tensor!.shape!;
  const [, kvHeads, , size] = heads.map(({ value }) => value!) as [number, number, number, number];
  const layers = [0, 1, 2];
  const names = (layer: number) =>
    form === 'stacked'
      ? { past: `past_${layer}`, present: `present_${layer}` }
      : { past: `past_key_values.${layer}.key_value`, present: `present.${layer}.key_value` };
  const dims = (length: string) =>
    form === 'stacked' ? [2, 'batch', kvHeads, length, size] : ['batch_size', length, 2 * size];
  const before = apart('unpack', (builder) => {
    for (const layer of layers) {
      const { past } = names(layer);
      const outputs = ['key', 'value'].map((part) => `past_key_values.${layer}.${part}`);
      if (form === 'stacked')
        outputs.forEach((output, which) =>
          builder.node('Gather', [past, builder.scalar(which, DataType.INT64)], {
            outputs: [output],
            attributes: { axis: int(0) },
          }),
        );
      else {
        const halves = builder.nodeOutputs('Split', [past, builder.int64s([size, size])], {
          outputs: 2,
          attributes: { axis: int(2) },
        });
        halves.forEach((half, which) =>
          builder.node('Unsqueeze', [half, builder.int64s([1])], { outputs: [outputs[which]!] }),
        );
      }
    }
  });
  const after = apart('pack', (builder) => {
    for (const layer of layers) {
      const parts = ['key', 'value'].map((part) => `present.${layer}.${part}`);
      const axis = form === 'stacked' ? 0 : 2;
      const laid = parts.map((part) =>
        builder.node(form === 'stacked' ? 'Unsqueeze' : 'Squeeze', [
          part,
          builder.int64s([form === 'stacked' ? 0 : 1]),
        ]),
      );
      builder.node('Concat', laid, { outputs: [names(layer).present], attributes: { axis: int(axis) } });
    }
  });
  return {
    ...joined(before, graph, after),
    inputs: [
      ...graph.inputs.filter(({ name }) => !CACHE.test(name)),
      ...layers.map((layer) => tensorInfo(names(layer).past, DataType.FLOAT, dims('past_seq_len'))),
    ],
    outputs: [
      ...graph.outputs.filter(({ name }) => !CACHE.test(name)),
      ...layers.map((layer) => tensorInfo(names(layer).present, DataType.FLOAT, dims('total_seq_len'))),
    ],
  };
}

/** The same decoder with inputs, and with the cache's outputs, of another type. */
export function castPorts(graph: OnnxGraph, pattern: RegExp, from: DataType, to: DataType): OnnxGraph {
  const isCast = (name: string): boolean => pattern.test(name);
  const inner = (name: string): string => (isCast(name) ? `inner_${name}` : name);
  const before = apart('cast_in', (builder) => {
    for (const { name } of graph.inputs.filter((input) => isCast(input.name)))
      builder.node('Cast', [name], { outputs: [inner(name)], attributes: { to: int(from) } });
  });
  const after = apart('cast_out', (builder) => {
    for (const { name } of graph.outputs.filter((output) => isCast(output.name)))
      builder.node('Cast', [inner(name)], { outputs: [name], attributes: { to: int(to) } });
  });
  const renamed: OnnxGraph = {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(inner),
      outputs: node.outputs.map(inner),
    })),
  };
  const retyped = <T extends OnnxGraph['inputs'][number]>(port: T): T =>
    isCast(port.name)
      ? { ...port, type: { ...port.type, tensor: { ...port.type!.tensor!, elemType: to } } }
      : port;
  return {
    ...joined(before, renamed, after),
    inputs: graph.inputs.map(retyped),
    outputs: graph.outputs.map(retyped),
  };
}

/** A decoder without a cache that takes token ids alone: mask and positions follow from their shape. */
export function idsOnly(graph: OnnxGraph): OnnxGraph {
  const before = apart('derive', (builder) => {
    const shape = builder.node('Shape', ['input_ids']);
    builder.node('ConstantOfShape', [shape], {
      outputs: ['attention_mask'],
      attributes: { value: { type: 4, t: makeTensor('', [1], [1], DataType.INT64) } },
    });
    const counted = builder.node('CumSum', ['attention_mask', builder.scalar(1, DataType.INT64)]);
    builder.node('Sub', [counted, builder.scalar(1, DataType.INT64)], { outputs: ['position_ids'] });
  });
  return {
    ...joined(before, graph, nothing()),
    inputs: graph.inputs.filter(({ name }) => name === 'input_ids'),
  };
}

/** A decoder whose input `input` cuts the hidden states before the head: 0 keeps all. */
export function keptLogits(graph: OnnxGraph, input: string): OnnxGraph {
  const head = graph.nodes.find((node) => node.outputs.includes('logits'))!;
  const cut = apart('keep', (builder) => {
    const count = builder.node('Unsqueeze', [input, builder.int64s([0])]);
    const start = builder.node('Neg', [count]);
    builder.node(
      'Slice',
      [head.inputs[0], start, builder.int64s([2 ** 31]), builder.int64s([1]), builder.int64s([1])],
      { outputs: ['kept'] },
    );
  });
  const others = graph.nodes.filter((node) => node !== head);
  const product: OnnxNode = { ...head, inputs: ['kept', head.inputs[1]!] };
  return {
    ...graph,
    nodes: [...others, ...cut.nodes, product],
    initializers: [...graph.initializers, ...cut.initializers],
    inputs: [...graph.inputs, tensorInfo(input, DataType.INT64, [])],
  };
}

/** A decoder that gives what its head reads as an output `hidden_states` beside the logits, or instead of them. */
export function shownStates(graph: OnnxGraph, where: 'beside' | 'instead'): OnnxGraph {
  const head = graph.nodes.find((node) => node.outputs.includes('logits'))!;
  const [read] = head.inputs;
  const named = (name: string): string => (name === read ? 'hidden_states' : name);
  const logits = graph.outputs.find(({ name }) => name === 'logits')!;
  const others = graph.outputs.filter((output) => output !== logits);
  const { elemType } = logits.type!.tensor!;
  const states = tensorInfo('hidden_states', elemType as DataType, [
    'batch_size',
    'sequence_length',
    undefined,
  ]);
  return {
    ...graph,
    nodes: graph.nodes
      .filter((node) => where === 'beside' || node !== head)
      .map((node) => ({ ...node, inputs: node.inputs.map(named), outputs: node.outputs.map(named) })),
    outputs: where === 'beside' ? [states, logits, ...others] : [states, ...others],
    valueInfo: graph.valueInfo.filter(({ name }) => name !== read),
  };
}

/** A decoder whose cache has other names. */
export function renamedCache(graph: OnnxGraph, rename: (name: string) => string): OnnxGraph {
  const named = (name: string): string => (CACHE.test(name) ? rename(name) : name);
  const port = <T extends { readonly name: string }>(value: T): T => ({ ...value, name: named(value.name) });
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(named),
      outputs: node.outputs.map(named),
    })),
    inputs: graph.inputs.map(port),
    outputs: graph.outputs.map(port),
  };
}

/** A decoder whose inputs have one row, by number. */
export function oneRow(graph: OnnxGraph): OnnxGraph {
  const inputs = graph.inputs.map((input) => {
    const shape = input.type!.tensor!.shape!.map((dim, axis) => (axis === 0 ? { value: 1 } : dim));
    return { ...input, type: { ...input.type, tensor: { ...input.type!.tensor!, shape } } };
  });
  return { ...graph, inputs };
}

/** Moves all weights of a graph into a file beside it. */
export async function moveWeightsOut(file: string, location: string): Promise<void> {
  const chunks: Uint8Array[] = [];
  let offset = 0;
  await rewriteGraph(file, (graph) => ({
    ...graph,
    initializers: graph.initializers.map((tensor) => {
      const { rawData, ...rest } = tensor;
      if (rawData === undefined || rawData.length < 64) return tensor;
      const padding = (64 - (offset % 64)) % 64;
      chunks.push(new Uint8Array(padding), rawData.slice());
      const start = offset + padding;
      offset = start + rawData.length;
      return {
        ...rest,
        dataLocation: 1,
        externalData: [
          { key: 'location', value: location },
          { key: 'offset', value: String(start) },
          { key: 'length', value: String(rawData.length) },
        ],
      };
    }),
  }));
  await writeFile(file.replace(/[^/\\]*$/, location), Buffer.concat(chunks));
}
