import { describe, expect, it } from 'vitest';
import {
  float,
  floatAttribute,
  floats,
  floatsAttribute,
  int,
  intAttribute,
  ints,
  intsAttribute,
  subgraph,
  subgraphs,
  tensor,
  tensorAttribute,
  text,
  textAttribute,
} from './attributes.js';
import { GraphBuilder } from './graph-builder.js';
import { DataType, type OnnxNode } from './ir.js';
import { makeTensor } from './tensors/make-tensor.js';

const inner = new GraphBuilder('inner').graph;
const constant = makeTensor('t', [1], [1], DataType.FLOAT);
const attributes = {
  int: int(-3),
  ints: ints([1, 2]),
  float: float(0.1),
  floats: floats([0.5, 0.1]),
  text: text('é'),
  tensor: tensor(constant),
  graph: subgraph(inner),
};

function nodeOf(): OnnxNode {
  const builder = new GraphBuilder();
  builder.node('Any', [], { attributes });
  return builder.graph.nodes[0]!;
}

describe('intAttribute', () => {
  it('reads each kind of attribute with its own reader', () => {
    const node = nodeOf();
    expect(intAttribute(node, 'int', 0)).toBe(-3);
    expect(intsAttribute(node, 'ints', undefined)).toEqual([1, 2]);
    expect(floatAttribute(node, 'float', 0)).toBe(Math.fround(0.1));
    expect(floatsAttribute(node, 'floats', undefined)).toEqual([0.5, Math.fround(0.1)]);
    expect(textAttribute(node, 'text', '')).toBe('é');
    expect(tensorAttribute(node, 'tensor')).toBe(constant);
    expect(subgraphs(node)).toEqual([inner]);
  });

  it('gives the default of an absent attribute and zero for one written without a value', () => {
    const node = nodeOf();
    node.attributes.push({ name: 'zero', type: 2 }, { name: 'none', type: 7 });
    expect(intAttribute(node, 'absent', 7)).toBe(7);
    expect(intAttribute(node, 'zero', 7)).toBe(0);
    expect(intsAttribute(node, 'none', undefined)).toEqual([]);
  });

  it('refuses an attribute of another kind', () => {
    expect(() => intAttribute(nodeOf(), 'float', 0)).toThrow(
      'expected "float" of Any "Any" to be of type 2, got type 1',
    );
  });
});
