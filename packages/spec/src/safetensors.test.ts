import { describe, expect, it } from 'vitest';
import { isSakeError } from './errors.js';
import { readSafetensors, writeSafetensors, type SafetensorsTensor } from './safetensors.js';

/** A file with that header and data, whether they agree or not. */
function fileOf(header: unknown, data: readonly number[] = []): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

function problemOf(bytes: Uint8Array): string {
  try {
    readSafetensors(bytes);
  } catch (error) {
    if (isSakeError(error) && error.code === 'invalid-file') return error.message;
    throw error;
  }
  return 'none';
}

const tensors: Record<string, SafetensorsTensor> = {
  half: { dtype: 'F16', shape: [3], data: Uint16Array.of(0x3c00, 0, 1) },
  a: { dtype: 'F32', shape: [2, 1], data: Float32Array.of(1.5, -2) },
  wide: { dtype: 'F64', shape: [], data: Float64Array.of(0.1) },
  ids: { dtype: 'I64', shape: [1], data: BigInt64Array.of(-3n) },
  flags: { dtype: 'BOOL', shape: [1], data: Uint8Array.of(1) },
  none: { dtype: 'I32', shape: [0, 4], data: new Int32Array() },
  ['__proto__']: { dtype: 'U8', shape: [1], data: Uint8Array.of(9) },
};

describe('readSafetensors', () => {
  it('reads back what was written', () => {
    const file = readSafetensors(writeSafetensors({ tensors, metadata: { kind: 'edit', text: '{"é": 1}' } }));
    expect(file).toEqual({ tensors, metadata: { kind: 'edit', text: '{"é": 1}' } });
    expect(Object.keys(file.tensors)).toContain('__proto__');
  });

  it('reads a file that lies at an odd offset of its buffer', () => {
    const bytes = writeSafetensors({ tensors });
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(readSafetensors(shifted.subarray(1)).tensors).toEqual(tensors);
    // A Buffer's own slice() would share the bytes instead of moving them to an aligned place.
    expect(readSafetensors(Buffer.from(shifted.buffer, 1)).tensors).toEqual(tensors);
  });

  it('reads the layout of the format by hand', () => {
    const header = {
      x: { dtype: 'U16', shape: [2], data_offsets: [0, 4] },
      __metadata__: { format: 'pt' },
    };
    expect(readSafetensors(fileOf(header, [1, 0, 0, 1]))).toEqual({
      tensors: { x: { dtype: 'U16', shape: [2], data: Uint16Array.of(1, 256) } },
      metadata: { format: 'pt' },
    });
  });

  it('answers every truncation with a typed error', () => {
    const bytes = writeSafetensors({ tensors });
    for (let length = 0; length < bytes.length; length++)
      expect(problemOf(bytes.subarray(0, length))).toMatch(/^readSafetensors: expected/);
  });

  const u8 = (begin: number, end: number, size = end - begin): object => ({
    dtype: 'U8',
    shape: [size],
    data_offsets: [begin, end],
  });
  it.each([
    ['a header that is not JSON', fileOf('{"x"'), 'expected a JSON header'],
    ['a header that is not an object', fileOf('[]'), 'expected a JSON object'],
    ['metadata that is not text', fileOf({ __metadata__: { n: 1 } }), 'expected text for the metadata "n"'],
    ['metadata that is not an object', fileOf({ __metadata__: 1 }), 'expected an object for __metadata__'],
    ['an entry that is not an object', fileOf({ x: 1 }), 'expected an object for tensor "x"'],
    ['an unknown type', fileOf({ x: { ...u8(0, 1), dtype: 'toString' } }), 'got "toString"'],
    ['a negative size', fileOf({ x: { ...u8(0, 1), shape: [-1] } }), 'expected sizes'],
    ['a missing offset', fileOf({ x: { ...u8(0, 1), data_offsets: [0] } }), 'expected two offsets'],
    ['a shape of other bytes', fileOf({ x: u8(0, 1, 2) }, [0]), 'expected 2 bytes for tensor "x"'],
    ['a hole', fileOf({ x: u8(1, 2) }, [0, 0]), 'expected tensor "x" to start at byte 0'],
    ['an overlap', fileOf({ x: u8(0, 2), y: u8(1, 3) }, [0, 0, 0]), 'expected tensor "y" to start at byte 2'],
    ['bytes after the last tensor', fileOf({ x: u8(0, 1) }, [0, 0]), 'expected 1 bytes of data, got 2'],
  ])('refuses %s', (_, bytes, message) => {
    expect(problemOf(bytes)).toContain(message);
  });
});

describe('writeSafetensors', () => {
  it('gives the same bytes whatever the order of its parts', () => {
    const metadata = { b: '1', a: '2' };
    const reversed = Object.fromEntries(Object.entries(tensors).reverse());
    expect(writeSafetensors({ tensors: reversed, metadata: { a: '2', b: '1' } })).toEqual(
      writeSafetensors({ tensors, metadata }),
    );
  });

  it('refuses a wrong shape, a wrong array and the reserved name', () => {
    const data = Float32Array.of(1);
    const write = (name: string, tensor: SafetensorsTensor) => (): unknown =>
      writeSafetensors({ tensors: { [name]: tensor } });
    expect(write('x', { dtype: 'F32', shape: [2], data })).toThrow('expected 2 values for tensor "x"');
    expect(write('x', { dtype: 'F64', shape: [1], data })).toThrow('got Float32Array');
    expect(write('__metadata__', { dtype: 'F32', shape: [1], data })).toThrow('reserved');
  });
});
