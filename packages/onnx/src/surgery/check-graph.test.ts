import { isSakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { subgraph } from '../attributes.js';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxGraph, type OnnxNode } from '../ir.js';
import { doubles, evaluate } from '../reference/index.js';
import { makeTensor } from '../tensors/make-tensor.js';
import { checkGraph } from './check-graph.js';

/** y = tanh(x + 1) * 2 */
function chain(): { builder: GraphBuilder; graph: OnnxGraph } {
  const builder = new GraphBuilder();
  const x = builder.input('x', DataType.FLOAT, [2]);
  const sum = builder.node('Add', [x, builder.scalar(1)], { name: 'add', outputs: ['sum'] });
  const bent = builder.node('Tanh', [sum], { name: 'bend', outputs: ['bent'] });
  builder.node('Mul', [bent, builder.scalar(2)], { name: 'scale', outputs: ['y'] });
  builder.output('y', DataType.FLOAT);
  return { builder, graph: builder.graph };
}

/** An `If` on a constant whose branches read `read` of the graph around. */
function branching(builder: GraphBuilder, read: string): OnnxNode {
  const branch = (): OnnxGraph => {
    const inner = new GraphBuilder('branch');
    inner.graph.nodes.push({ ...identity, inputs: [read], outputs: ['inner'] });
    inner.graph.outputs.push({ name: 'inner' });
    return inner.graph;
  };
  builder.node('If', [builder.constant([1], [], { type: DataType.BOOL })], {
    name: 'if',
    outputs: ['chosen'],
    attributes: { then_branch: subgraph(branch()), else_branch: subgraph(branch()) },
  });
  return builder.graph.nodes.at(-1)!;
}

const identity: OnnxNode = {
  opType: 'Identity',
  domain: '',
  name: 'copy',
  inputs: [],
  outputs: [],
  attributes: [],
};

describe('checkGraph', () => {
  it('gives a graph in order back as it is', () => {
    const { graph } = chain();
    expect(checkGraph(graph)).toBe(graph);
  });

  it('puts nodes behind what they read', () => {
    const { builder, graph } = chain();
    const model = builder.build({ opset: 18 });
    const expected = evaluate(model, { x: doubles([2], [0.5, -1]) });
    const unordered = { ...graph, nodes: graph.nodes.toReversed() };
    const ordered = checkGraph(unordered);
    expect(ordered.nodes.map(({ name }) => name)).toEqual(['add', 'bend', 'scale']);
    expect(evaluate({ ...model, graph: ordered }, { x: doubles([2], [0.5, -1]) })).toEqual(expected);
    expect(unordered.nodes[0]!.name).toBe('scale');
  });

  it('puts nodes behind what their nested graphs read', () => {
    const { builder, graph } = chain();
    branching(builder, 'y');
    const ordered = checkGraph({ ...graph, nodes: graph.nodes.toReversed() });
    expect(ordered.nodes.map(({ name }) => name)).toEqual(['add', 'bend', 'scale', 'if']);
  });

  it.each<[string, (graph: OnnxGraph, builder: GraphBuilder) => void, string, object]>([
    [
      'a cycle',
      ({ nodes }) => (nodes[0]!.inputs[1] = 'y'),
      'a cycle of 3 nodes, Add "add" <- Mul "scale" <- Tanh "bend", closed by "sum"',
      { tensor: 'sum', node: 'bend' },
    ],
    [
      'a node that reads itself',
      ({ nodes }) => (nodes[1]!.inputs[0] = 'bent'),
      'a cycle of 1 nodes, Tanh "bend", closed by "bent"',
      { tensor: 'bent', node: 'bend' },
    ],
    [
      'a tensor that nothing makes',
      ({ nodes }) => (nodes[1]!.inputs[0] = 'missing'),
      'Tanh "bend" reads to be made by something, got "missing"',
      { tensor: 'missing', node: 'bend', op: 'Tanh' },
    ],
    [
      'a nested graph that reads what nothing makes',
      (_, builder) => branching(builder, 'missing'),
      'got "missing", which nothing makes',
      { tensor: 'missing', node: 'if' },
    ],
    [
      'an output that nothing makes',
      ({ outputs }) => (outputs[0]!.name = 'z'),
      'every graph output to be made by something, got "z"',
      { tensor: 'z' },
    ],
    [
      'two producers of a tensor',
      ({ nodes }) => (nodes[2]!.outputs[0] = 'sum'),
      'one producer of "sum", got Mul "scale" beside Add "add"',
      { tensor: 'sum', node: 'scale' },
    ],
    [
      'a node that makes an input',
      ({ nodes }) => (nodes[2]!.outputs[0] = 'x'),
      'one producer of "x", got Mul "scale" beside an input or initializer',
      { tensor: 'x' },
    ],
    [
      'two initializers of a name',
      ({ initializers }) => initializers.push(initializers[0]!),
      'one initializer of each name, got two of "constant"',
      { tensor: 'constant' },
    ],
    [
      'an initializer of fewer bytes than its shape',
      ({ initializers }) =>
        initializers.push({ ...makeTensor('w', [2], [1, 2], DataType.FLOAT), dims: [2 ** 20, 2 ** 20] }),
      'expected 4398046511104 bytes of the initializer "w", FLOAT [1048576, 1048576], got 8',
      { tensor: 'w' },
    ],
    [
      'an initializer that lists fewer values than its shape',
      ({ initializers }) =>
        initializers.push({
          name: 'w',
          dataType: DataType.FLOAT,
          dims: [2 ** 20, 2 ** 20],
          floatData: [1, 2],
        }),
      'expected 1099511627776 values of the initializer "w", FLOAT [1048576, 1048576], got 2',
      { tensor: 'w' },
    ],
    [
      'an initializer of a negative size',
      ({ initializers }) => initializers.push({ ...makeTensor('w', [], [1], DataType.FLOAT), dims: [-1] }),
      'expected sizes of the initializer "w", got [-1]',
      { tensor: 'w' },
    ],
  ])('refuses %s, naming node and tensor', (_, damage, message, details) => {
    const { builder, graph } = chain();
    damage(graph, builder);
    let caught: unknown;
    try {
      checkGraph(graph);
    } catch (error) {
      caught = error;
    }
    expect(isSakeError(caught) && caught).toMatchObject({
      code: 'invalid-file',
      message: expect.stringContaining(message) as string,
      details,
    });
  });
});
