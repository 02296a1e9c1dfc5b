import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyGraph } from '../test/tiny-graph.js';
import { emptyCacheTensor } from './empty-cache.js';
import { createGraphSession, type GraphPort, type GraphSession } from './graph-session.js';

let session: GraphSession;
beforeAll(async () => {
  session = await createGraphSession(tinyGraph('Add'));
});
afterAll(() => session[Symbol.asyncDispose]());

const port = (dims: GraphPort['dims'], type = 'float32'): GraphPort => ({ name: 'past', type, dims });
const shape = (
  dims: GraphPort['dims'],
  sizes: { keyValueHeads?: number; headSize?: number } = {},
  present?: GraphPort,
): readonly number[] => emptyCacheTensor(session, port(dims), present, 3, sizes).dims;

describe('emptyCacheTensor', () => {
  it('makes keys and values apart, or stacked', () => {
    expect(shape(['batch', 4, 'past', 8])).toEqual([3, 4, 0, 8]);
    expect(shape([2, 'b', 4, 't', 8])).toEqual([2, 3, 4, 0, 8]);
  });

  it('takes sizes that are only named from the output, then from the config', () => {
    const dims = ['batch', 'heads', 'past', 'kv_cache_dim'];
    expect(shape(dims, { keyValueHeads: 2, headSize: 16 })).toEqual([3, 2, 0, 16]);
    expect(shape(dims, { keyValueHeads: 2, headSize: 16 }, port(['b', 6, 't', 24]))).toEqual([3, 6, 0, 24]);
  });

  it("tells by their names what the axes of BLOOM's and GPT-BigCode's caches count", () => {
    const heads = { keyValueHeads: 5 };
    expect(shape(['batch_size x num_heads', 8, 'past_sequence_length'], heads)).toEqual([15, 8, 0]);
    expect(shape(['batch_size x num_heads', 'past_sequence_length', 8], heads)).toEqual([15, 0, 8]);
    expect(shape(['batch_size', 'past_sequence_length', 64])).toEqual([3, 0, 64]);
  });

  it('has the element type of the input', () => {
    const half = emptyCacheTensor(session, port(['b', 2, 't', 4], 'float16'), undefined, 1, {});
    expect([half.type, half.data]).toEqual(['float16', new Uint16Array(0)]);
    const bytes = emptyCacheTensor(session, port(['b', 2, 't', 4], 'uint8'), undefined, 1, {});
    expect(bytes.type).toBe('uint8');
  });

  it.each([
    ['a fixed length', ['b', 2, 128, 4], 'float32', /cache that grows/],
    ['a size that nothing tells', ['b', 2, 't', 'd'], 'float32', /head size of the cache/],
    ['heads that nothing tells', ['b', 'h', 't', 4], 'float32', /heads of the cache/],
    ['axes without names', ['x', 'y', 4], 'float32', /axes are named/],
    ['no length', ['batch', 4, 8], 'float32', /cache that grows/],
    ['text', ['b', 2, 't', 4], 'string', /floats or bytes/],
  ] as const)('refuses %s, naming the input', (_, dims, type, message) => {
    const make = (): unknown => emptyCacheTensor(session, port(dims, type), undefined, 1, {});
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'unsupported', details: { tensor: 'past' } }));
  });
});
