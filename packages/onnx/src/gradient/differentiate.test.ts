import { describe, expect, it } from 'vitest';
import { int, subgraph } from '../attributes.js';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { doubles, evaluate, int64s, numericalGradient, type RefTensor } from '../reference/index.js';
import { differentiate, type DifferentiateOptions } from './differentiate.js';

type Draw = (builder: GraphBuilder) => void;

/** A model with the input x [2, 3] and the output y. */
function modelOf(draw: Draw, opset = 18): OnnxModel {
  const builder = new GraphBuilder();
  builder.input('x', DataType.DOUBLE, [2, 3]);
  draw(builder);
  builder.output('y', DataType.DOUBLE);
  return builder.build({ opset });
}

const x = doubles([2, 3], [1, -2, 3, 0.5, 2, -1]);
const ones = doubles([2, 3], [1, 1, 1, 1, 1, 1]);

function gradient(model: OnnxModel, wrt = 'x', feeds: Record<string, RefTensor> = { x }): number[] {
  const result = differentiate(model, { seeds: { y: 'ones' }, wrt: [wrt] });
  return Array.from(evaluate(result.model, feeds, [result.gradients[wrt]!])[result.gradients[wrt]!]!.data);
}

const square: Draw = (builder) => builder.node('Mul', ['x', 'x'], { outputs: ['y'] });
const operators = ({ graph }: OnnxModel, from: OnnxModel): string[] =>
  graph.nodes.slice(from.graph.nodes.length).map(({ opType }) => opType);

describe('differentiate', () => {
  it('adds the gradients of all uses of a tensor', () => {
    expect(gradient(modelOf(square))).toEqual([2, -4, 6, 1, 4, -2]);
    const cube = modelOf((builder) =>
      builder.node('Sum', ['x', builder.node('Neg', ['x']), builder.node('Mul', ['x', 'x'])], {
        outputs: ['y'],
      }),
    );
    expect(gradient(cube)).toEqual([2, -4, 6, 1, 4, -2]);
  });

  it('differentiates by inputs, initializers and intermediate tensors in one graph', () => {
    const model = modelOf((builder) => {
      builder.constant([2, 3, 4], [3], { name: 'w', type: DataType.DOUBLE });
      builder.node('Mul', ['x', 'w'], { outputs: ['h'] });
      builder.node('Mul', ['h', 'h'], { outputs: ['y'] });
    });
    const { model: backward, gradients } = differentiate(model, {
      seeds: { y: 'ones' },
      wrt: ['x', 'w', 'h'],
    });
    expect(gradients).toEqual({ x: 'gradient/x', w: 'gradient/w', h: 'gradient/h' });
    const results = evaluate(backward, { x }, Object.values(gradients));
    expect(results['gradient/h']).toEqual(doubles([2, 3], [4, -12, 24, 2, 12, -8]));
    expect(results['gradient/x']).toEqual(doubles([2, 3], [8, -36, 96, 4, 36, -32]));
    expect(results['gradient/w']).toEqual(doubles([3], [4 + 1, 24 + 24, 72 + 8]));
    expect(backward.graph.outputs.map(({ name }) => name)).toEqual(['y', ...Object.values(gradients)]);
    expect(backward.graph.outputs[2]!.type?.tensor).toEqual({
      elemType: DataType.DOUBLE,
      shape: [{ value: 3 }],
    });
  });

  it('starts from given gradients: new inputs, or tensors of the graph', () => {
    const model = modelOf(square);
    const fed = differentiate(model, { seeds: { y: 'dy' }, wrt: ['x'] });
    expect(fed.model.graph.inputs.at(-1)).toEqual({
      name: 'dy',
      type: { tensor: { elemType: DataType.DOUBLE, shape: [{ value: 2 }, { value: 3 }] } },
    });
    expect(evaluate(fed.model, { x, dy: x }, ['gradient/x'])['gradient/x']!.data).toEqual(
      x.data.map((value) => 2 * value * value),
    );
    const own = differentiate(model, { seeds: { y: 'x' }, wrt: ['x'] });
    expect(evaluate(own.model, { x }, ['gradient/x'])['gradient/x']!.data).toEqual(
      x.data.map((value) => 2 * value * value),
    );
  });

  it('adds the gradients of several seeds, one on the way to the other', () => {
    const model = modelOf((builder) => {
      builder.node('Exp', ['x'], { outputs: ['h'] });
      builder.node('Mul', ['h', 'h'], { outputs: ['y'] });
    });
    const seeds = { y: 'dy', h: 'dh' };
    const { model: backward, gradients } = differentiate(model, { seeds, wrt: ['x'] });
    const found = evaluate(backward, { x, dy: ones, dh: x }, [gradients['x']!])[gradients['x']!]!;
    const expected = numericalGradient(model, { x }, { wrt: 'x', seeds: { y: ones, h: x } });
    // Five-point differences of functions up to exp(6) = 400
    expected.forEach((value, i) => expect(Math.abs(found.data[i]! - value)).toBeLessThan(1e-7));
  });

  it('gives tensors that share a gradient one output each, and a seed as the gradient of its own tensor', () => {
    const model = modelOf((builder) => {
      builder.input('z', DataType.DOUBLE, [2, 3]);
      builder.node('Add', ['x', 'z'], { outputs: ['y'] });
    });
    const { model: backward, gradients } = differentiate(model, { seeds: { y: 'dy' }, wrt: ['x', 'z', 'y'] });
    const results = evaluate(backward, { x, z: x, dy: x }, Object.values(gradients));
    for (const name of ['x', 'z', 'y']) expect(results[`gradient/${name}`]).toEqual(x);
  });

  it('differentiates only what lies between', () => {
    const model = modelOf((builder) => {
      const before = builder.node('Mystery', ['x']);
      builder.node('Identity', [builder.node('Exp', [before])], { outputs: ['h'] });
      builder.node('Tanh', ['h'], { outputs: ['y'] });
      builder.node('Enigma', ['y'], { outputs: ['z'] });
    });
    const shapes = { h: [2, 3] };
    const facts: DifferentiateOptions = { seeds: { y: 'dy' }, wrt: ['h'], shapes, unreached: 'error' };
    const typed = {
      ...model,
      graph: { ...model.graph, valueInfo: [{ name: 'h', type: { tensor: { elemType: DataType.DOUBLE } } }] },
    };
    const { model: backward } = differentiate(typed, facts);
    expect(operators(backward, model)).toEqual(['Mul', 'Mul', 'Sub']);
  });

  it('leaves the model as it was', () => {
    const model = modelOf((builder) => {
      builder.node(
        'LayerNormalization',
        ['x', builder.constant([1, 1, 1], [3], { name: 's', type: DataType.DOUBLE })],
        { outputs: ['y'] },
      );
    });
    const before = structuredClone(model);
    differentiate(model, { seeds: { y: 'dy' }, wrt: ['x', 's'] });
    expect(model).toEqual(before);
  });

  it('imports the domain of fused operators only when it uses them', () => {
    const model = modelOf((builder) => {
      builder.input('w', DataType.DOUBLE, [5, 3, 4]);
      builder.node('MatMul', ['x', 'w'], { outputs: ['y'] });
    });
    const domains = (fused: boolean): string[] =>
      differentiate(model, { seeds: { y: 'dy' }, wrt: ['x', 'w'], fused }).model.opsetImports.map(
        ({ domain }) => domain,
      );
    expect(domains(true)).toEqual(['', 'com.microsoft']);
    expect(domains(false)).toEqual(['']);
  });

  it('takes free sizes from the option shapes, under their names everywhere', () => {
    const builder = new GraphBuilder();
    builder.input('x', DataType.DOUBLE, ['batch', 3]);
    builder.input('z', DataType.DOUBLE, ['rows', 3]);
    builder.node('Mul', [builder.node('Exp', ['x']), 'z'], { outputs: ['y'] });
    builder.output('y', DataType.DOUBLE);
    const model = builder.build({ opset: 18 });
    const count = (shapes: Record<string, number[]>): number =>
      operators(differentiate(model, { seeds: { y: 'dy' }, wrt: ['x', 'z'], shapes }).model, model).length;
    expect(count({ x: [2, 3], z: [2, 3] })).toBe(3);
    expect(count({})).toBeGreaterThan(20);
  });

  it('does not pass gradients through integers, comparisons and shapes', () => {
    const model = modelOf((builder) => {
      const whole = builder.node('Cast', ['x'], { attributes: { to: int(DataType.INT64) } });
      const back = builder.node('Cast', [whole], { attributes: { to: int(DataType.DOUBLE) } });
      const sign = builder.node('Where', [
        builder.node('Greater', ['x', back]),
        back,
        builder.node('Floor', ['x']),
      ]);
      builder.node('Mul', ['x', sign], { outputs: ['y'] });
    });
    expect(gradient(model)).toEqual([1, -2, 3, 0, 2, -1]);
  });

  it('refuses a tensor that no gradient reaches, unless zeros are asked for', () => {
    const model = modelOf((builder) => {
      builder.input('z', DataType.DOUBLE, [2]);
      square(builder);
    });
    const options = { seeds: { y: 'ones' }, wrt: ['z'] };
    expect(() => differentiate(model, options)).toThrow(
      'expected a differentiable path from "z" to y, got none',
    );
    const { model: backward } = differentiate(model, { ...options, unreached: 'zeros' });
    expect(evaluate(backward, { x, z: doubles([2], [1, 1]) }, ['gradient/z'])['gradient/z']).toEqual(
      doubles([2], [0, 0]),
    );
  });

  it('names an operator without a rule, and its node, and takes a rule for it', () => {
    const model = modelOf((builder) =>
      builder.node('Round', [builder.node('Atan', ['x'], { name: 'bend' })], { outputs: ['y'] }),
    );
    const atan = modelOf((builder) => builder.node('Atan', ['x'], { name: 'bend', outputs: ['y'] }));
    const options = { seeds: { y: 'ones' }, wrt: ['x'] };
    expect(() => differentiate(model, options)).toThrow('differentiable path');
    expect(() => differentiate(atan, options)).toThrow(
      'a gradient rule for Atan, got none (node "bend", output "y")',
    );
    const rules: DifferentiateOptions['rules'] = new Map([
      [
        'Atan',
        { backward: ({ graph, gradients, node }) => [graph.op('Mul', [gradients[0], node.inputs[0]])] },
      ],
    ]);
    const { model: backward } = differentiate(atan, { ...options, rules });
    expect(operators(backward, atan)).toContain('Mul');
  });

  it('refuses nested graphs on the way', () => {
    const inner = new GraphBuilder('then');
    inner.node('Identity', ['x'], { outputs: ['inner'] });
    inner.output('inner', DataType.DOUBLE);
    const model = modelOf((builder) =>
      builder.node('If', [builder.constant([1], [], { type: DataType.BOOL })], {
        attributes: { then_branch: subgraph(inner.graph), else_branch: subgraph(inner.graph) },
        outputs: ['y'],
      }),
    );
    expect(() => differentiate(model, { seeds: { y: 'ones' }, wrt: ['x'] })).toThrow(
      'a gradient rule for If',
    );
  });

  it('refuses unknown tensors, old operator sets and unsupported forms of operators', () => {
    expect(() => differentiate(modelOf(square), { seeds: { y: 'ones' }, wrt: ['q'] })).toThrow(
      'expected a tensor of the graph, got "q"',
    );
    expect(() => differentiate(modelOf(square, 10), { seeds: { y: 'ones' }, wrt: ['x'] })).toThrow(
      'expected operator set 11 or newer, got 10',
    );
    const statistics = modelOf((builder) =>
      builder.nodeOutputs(
        'LayerNormalization',
        ['x', builder.constant([1], [1], { name: 's', type: DataType.DOUBLE })],
        { outputs: ['n', 'y'] },
      ),
    );
    expect(() => gradient(statistics)).toThrow('a gradient of its statistics');
  });

  it('asks for element types that it cannot infer', () => {
    const model = modelOf((builder) =>
      builder.node('Clip', [builder.node('Mystery', ['x'], { outputs: ['h'] })], { outputs: ['y'] }),
    );
    const untyped = { ...model, graph: { ...model.graph, outputs: [] } };
    expect(() => differentiate(untyped, { seeds: { y: 'dy' }, wrt: ['h'] })).toThrow(
      'the element type of "y" to be known',
    );
  });

  it('gathers embeddings: rows used twice get both gradients', () => {
    const builder = new GraphBuilder();
    builder.input('table', DataType.DOUBLE, [4, 2]);
    builder.input('ids', DataType.INT64, ['count']);
    builder.node('Gather', ['table', 'ids'], { outputs: ['y'] });
    builder.output('y', DataType.DOUBLE);
    const feeds = { table: doubles([4, 2], [1, 2, 3, 4, 5, 6, 7, 8]), ids: int64s([3], [2, 0, 2]) };
    expect(gradient(builder.build({ opset: 18 }), 'table', feeds)).toEqual([1, 1, 0, 0, 2, 2, 0, 0]);
  });
});
