import { DataType, encodeModel, type OnnxModel } from '@sakejs/onnx';
import { describe, expect, it } from 'vitest';
import { blamedTensor } from './blamed-tensor.js';

const weight = (name: string, dataType: number): OnnxModel['graph']['initializers'][number] => ({
  name,
  dataType,
  dims: [1],
  rawData: new Uint8Array(4),
});
const node = (opType: string, name: string, inputs: string[], output: string) => ({
  ...{ opType, name, inputs, outputs: [output] },
  ...{ domain: '', attributes: [] },
});
const bytes = encodeModel({
  irVersion: 8,
  opsetImports: [{ domain: '', version: 17 }],
  graph: {
    name: 'blamed',
    inputs: [],
    outputs: [],
    initializers: [weight('float', DataType.FLOAT), weight('int', DataType.INT32)],
    nodes: [
      node('Transpose', '', ['int'], 'turned'),
      node('Mul', 'scale', ['x', 'int'], 'a'),
      node('Mul', 'both', ['int', 'float'], 'b'),
      node('MatMul', 'product', ['x', 'turned'], 'c'),
      node('Add', '', ['x', 'int'], 'd'),
      node('Sub', 'neither', ['', 'x'], 'e'),
    ],
  },
} as unknown as OnnxModel);

const bound = (op: string, name: string): string =>
  `Type Error: Type parameter (T) of Optype (${op}) bound to different types (tensor(float) and tensor(int32) in node (${name}).`;

describe('blamedTensor', () => {
  it.each([
    ['a weight of the node', bound('Mul', 'scale'), { node: 'scale', tensor: 'int', type: 'INT32' }],
    [
      'of two weights the one that is no float',
      bound('Mul', 'both'),
      { node: 'both', tensor: 'int', type: 'INT32' },
    ],
    ['a weight laid out anew', bound('MatMul', 'product'), { node: 'product', tensor: 'int', type: 'INT32' }],
    ['a weight of a node without a name', bound('Add', ''), { tensor: 'int', type: 'INT32' }],
    ['what else the node reads', bound('Sub', 'neither'), { node: 'neither', tensor: 'x' }],
    ['no tensor of a node that is not there', bound('Mul', 'nowhere'), { node: 'nowhere' }],
    [
      'the tensor that is named',
      "Type Error: Type 'tensor(double)' of input parameter (ids) of operator (Gather) in node (look-up) is invalid.",
      { node: 'look-up', tensor: 'ids' },
    ],
    [
      'a weight where the sizes are wrong',
      'Node (scale) Op (Mul) [ShapeInferenceError] Incompatible dimensions',
      { node: 'scale', tensor: 'int', type: 'INT32' },
    ],
    ['nothing where nothing is named', 'Protobuf parsing failed.', {}],
  ])('tells %s', (_, message, blamed) => {
    expect(blamedTensor(message, bytes)).toEqual(blamed);
  });

  it('tells the node alone without a graph, or of bytes that are none', () => {
    expect(blamedTensor(bound('Mul', 'scale'))).toEqual({ node: 'scale' });
    expect(blamedTensor(bound('Mul', 'scale'), Uint8Array.of(1, 2, 3))).toEqual({ node: 'scale' });
  });
});
