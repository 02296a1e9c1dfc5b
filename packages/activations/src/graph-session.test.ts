import * as ort from 'onnxruntime-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tinyGraph } from '../test/tiny-graph.js';
import { createGraphSession, onnxruntimeVersion } from './graph-session.js';

describe('createGraphSession', () => {
  it('names its inputs and outputs with types and sizes', async () => {
    await using session = await createGraphSession(tinyGraph('Add'), { threads: 1 });
    expect(session.inputs).toEqual([
      { name: 'a', type: 'float32', dims: ['n', 2] },
      { name: 'b', type: 'float32', dims: ['n', 2] },
    ]);
    expect(session.outputs).toEqual([{ name: 'y', type: 'float32', dims: ['n', 2] }]);
    expect(session.threads).toBe(1);
    expect(session.optimization).toBe('all');
  });

  it('runs with views into one buffer and sees updates in place', async () => {
    await using session = await createGraphSession(tinyGraph('Add'));
    const weights = Float32Array.of(9, 1, 2, 3, 4, 9);
    const a = session.tensor(weights.subarray(1, 3), [1, 2]);
    const b = session.tensor(weights.subarray(3, 5), [1, 2]);
    expect((await session.run({ a, b }))['y']!.data).toEqual(Float32Array.of(4, 6));
    weights[1] = 10;
    expect((await session.run({ a, b }))['y']!.data).toEqual(Float32Array.of(13, 6));
  });

  it('writes into preallocated outputs, views included, and gives them back', async () => {
    await using session = await createGraphSession(tinyGraph('Mul'));
    const flat = new Float32Array(6);
    const y = session.tensor(flat.subarray(2, 4), [1, 2]);
    const a = session.tensor(Float32Array.of(2, 3), [1, 2]);
    const result = await session.run({ a, b: a }, { y });
    expect(result['y']).toBe(y);
    expect(flat).toEqual(Float32Array.of(0, 0, 4, 9, 0, 0));
  });

  it('feeds an output of one run to the next', async () => {
    await using session = await createGraphSession(tinyGraph('Mul'));
    const a = session.tensor(Float32Array.of(2, 3), [1, 2]);
    const first = (await session.run({ a, b: a }, ['y']))['y']!;
    expect((await session.run({ a: first, b: a }, { y: null }))['y']!.data).toEqual(Float32Array.of(8, 27));
  });

  it('says which names it lacks or does not know', async () => {
    await using session = await createGraphSession(tinyGraph('Add'));
    const a = session.tensor(Float32Array.of(2, 3), [1, 2]);
    await expect(session.run({ a })).rejects.toMatchObject({ code: 'invalid-input', message: /none for b/ });
    await expect(session.run({ a, c: a })).rejects.toMatchObject({ message: /among a, b, got 'c'/ });
    await expect(session.run({ a, b: a }, ['z'])).rejects.toMatchObject({ message: /among y, got 'z'/ });
    await expect(session.run({ a, b: a }, [])).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('refuses shapes that the graph or the data contradict', async () => {
    await using session = await createGraphSession(tinyGraph('Add'));
    expect(() => session.tensor(new Float32Array(3), [2, 2])).toThrow(/4 values, got 3/);
    for (const dims of [
      [-1, -3],
      [1.5, 2],
    ])
      expect(() => session.tensor(new Float32Array(3), dims)).toThrow(
        expect.objectContaining({ code: 'shape-mismatch' }),
      );
    expect(() => session.tensor(new Float32Array(3), [3], 'int64')).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringMatching(/int64, got a Float32Array/),
      }),
    );
    const a = session.tensor(new Float32Array(3), [1, 3]);
    await expect(session.run({ a, b: a })).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('refuses bytes that are no graph, a missing file and a thread count below 1', async () => {
    await expect(createGraphSession(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'invalid-file' });
    await expect(createGraphSession('no-such-file.onnx')).rejects.toMatchObject({ code: 'invalid-file' });
    await expect(createGraphSession(tinyGraph('Add'), { threads: 0 })).rejects.toMatchObject({
      code: 'invalid-option',
    });
  });

  it('refuses to run once disposed', async () => {
    const session = await createGraphSession(tinyGraph('Add'));
    const a = session.tensor(Float32Array.of(2, 3), [1, 2]);
    await session[Symbol.asyncDispose]();
    await session[Symbol.asyncDispose]();
    await expect(session.run({ a, b: a })).rejects.toThrow(/disposed/);
  });
});

describe('onnxruntimeVersion', () => {
  it('is the version that is pinned', () => {
    expect(onnxruntimeVersion).toBe('1.30.0');
  });
});

describe('createGraphSession on a device', () => {
  afterEach(() => vi.restoreAllMocks());

  /** ONNX Runtime as it would be with that device: what it is asked for is seen, and run on the CPU. */
  function runtimeWith(): string[][] {
    const { create } = ort.InferenceSession;
    const asked: string[][] = [];
    vi.spyOn(ort.InferenceSession, 'create').mockImplementation(((
      model: Uint8Array,
      settings: ort.InferenceSession.SessionOptions,
    ) => {
      asked.push([...settings.executionProviders!] as string[]);
      return create(model, { ...settings, executionProviders: ['cpu'] });
    }) as typeof create);
    return asked;
  }

  it.each(['cpu', 'cuda', 'coreml', 'dml'] as const)('asks ONNX Runtime for %s', async (device) => {
    const asked = runtimeWith();
    await using session = await createGraphSession(tinyGraph('Add'), { device });
    expect(asked).toEqual([[device]]);
    expect(session.device).toBe(device);
  });

  it('says which devices the installed runtime is built for', async () => {
    await expect(createGraphSession(tinyGraph('Add'), { device: 'dml' })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/can use, got dml: .*backend not found.*built for cpu/),
      details: { device: 'dml' },
    });
  });

  it('blames the graph, not the device, where the graph is at fault', async () => {
    runtimeWith();
    await expect(createGraphSession(new Uint8Array(3), { device: 'cuda' })).rejects.toMatchObject({
      code: 'invalid-file',
    });
  });

  it('refuses a device that it does not know', async () => {
    await expect(createGraphSession(tinyGraph('Add'), { device: 'tpu' as 'cpu' })).rejects.toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining('cpu, cuda, coreml, dml'),
    });
  });
});
