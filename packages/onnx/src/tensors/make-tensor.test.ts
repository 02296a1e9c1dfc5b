import { describe, expect, it } from 'vitest';
import { DataType, type OnnxTensor } from '../ir.js';
import { makeTensor } from './make-tensor.js';
import { readNumbers, readTensor } from './read-tensor.js';

describe('makeTensor', () => {
  it.each([
    ['FLOAT', [1.5, -2.25]],
    ['DOUBLE', [0.1, 1e300]],
    ['FLOAT16', [1.5, 65504]],
    ['BFLOAT16', [1.5, -256]],
    ['BOOL', [0, 1]],
    ['INT64', [-(2 ** 53) + 1, 7]],
    ['UINT64', [0, 7]],
    ['INT32', [-(2 ** 31), 7]],
    ['UINT32', [2 ** 32 - 1, 7]],
    ['INT16', [-32768, 7]],
    ['UINT16', [65535, 7]],
    ['INT8', [-128, 7]],
    ['UINT8', [255, 7]],
  ] as const)('keeps %s values', (type, values) => {
    expect(readNumbers(makeTensor('t', [2], values, DataType[type]))).toEqual(values);
  });

  it('rounds integers beyond 2^53 only where that is asked for', () => {
    const end: OnnxTensor = { name: 'end', dims: [1], dataType: DataType.INT64, int64Data: [2n ** 63n - 1n] };
    expect(() => readNumbers(end)).toThrow('expected integers below 2^53');
    expect(readNumbers(end, { rounded: true })).toEqual([2 ** 63]);
  });

  it('views a typed array stored as its own type', () => {
    const data = Float32Array.of(1, 2);
    expect(makeTensor('t', [2], data).rawData!.buffer).toBe(data.buffer);
  });

  it('keeps infinities and the largest finite values', () => {
    const largest = (2 - 2 ** -23) * 2 ** 127;
    expect(readNumbers(makeTensor('t', [2], [Infinity, 65504], DataType.FLOAT16))).toEqual([Infinity, 65504]);
    expect(readNumbers(makeTensor('t', [2], [-Infinity, largest], DataType.FLOAT))).toEqual([
      -Infinity,
      largest,
    ]);
  });

  it('refuses a shape that differs, values that do not fit and plain numbers without a type', () => {
    expect(() => makeTensor('t', [3], Float32Array.of(1))).toThrow(
      'expected 3 values for "t" of shape [3], got 1',
    );
    expect(() => makeTensor('t', [1], [256], DataType.UINT8)).toThrow(
      'expected UINT8 values for "t", got 256',
    );
    expect(() => makeTensor('t', [1], [0.5], DataType.INT64)).toThrow('got 0.5 at index 0');
    expect(() => makeTensor('t', [1], [1])).toThrow('pass dataType too');
    expect(() => makeTensor('t', [1], [65520], DataType.FLOAT16)).toThrow(
      'got 65520 at index 0, beyond their range',
    );
    expect(() => makeTensor('t', [1], [1e39], DataType.FLOAT)).toThrow('beyond their range');
    expect(() => makeTensor('t', [1], [1], DataType.STRING)).toThrow('got STRING');
  });
});

describe('readTensor', () => {
  it('reads the typed fields that hold values when rawData is absent', () => {
    const fields: OnnxTensor[] = [
      { name: 't', dims: [2], dataType: DataType.FLOAT, floatData: [1, 2] },
      { name: 't', dims: [2], dataType: DataType.DOUBLE, doubleData: [1, 2] },
      { name: 't', dims: [2], dataType: DataType.INT64, int64Data: [1n, 2n] },
      { name: 't', dims: [2], dataType: DataType.UINT32, uint64Data: [1n, 2n] },
      { name: 't', dims: [2], dataType: DataType.INT8, int32Data: [1, 2] },
      { name: 't', dims: [2], dataType: DataType.FLOAT16, int32Data: [0x3c00, 0x4000] },
    ];
    for (const tensor of fields) expect(readNumbers(tensor)).toEqual([1, 2]);
  });

  it('reads bytes that are not aligned', () => {
    const bytes = new Uint8Array(9);
    new DataView(bytes.buffer).setFloat64(1, -2.5, true);
    const tensor = { name: 't', dims: [], dataType: DataType.DOUBLE, rawData: bytes.subarray(1) };
    expect(readTensor(tensor)).toEqual(Float64Array.of(-2.5));
  });

  it('reads an empty tensor', () => {
    expect(readTensor({ name: 't', dims: [0, 3], dataType: DataType.FLOAT })).toEqual(new Float32Array());
  });

  it('says what it cannot read', () => {
    const tensor = { name: 't', dims: [2], dataType: DataType.FLOAT };
    expect(() => readTensor({ ...tensor, rawData: new Uint8Array(4) })).toThrow('expected 8 bytes for "t"');
    expect(() => readTensor({ ...tensor, dataLocation: 1 })).toThrow('external data');
    expect(() => readTensor({ ...tensor, dataType: DataType.INT4 })).toThrow('got "t" of INT4');
    const large = makeTensor('big', [1], BigInt64Array.of(2n ** 60n));
    expect(() => readNumbers(large)).toThrow('expected integers below 2^53');
  });
});
