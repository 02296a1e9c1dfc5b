import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCausalLM } from '@sakejs/activations';
import { isSakeError, type SakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { writeRandomCheckpoint, type RandomDtype } from '../scripts/write-random-checkpoint.js';
import {
  changeTensors,
  largest,
  largestDifference,
  referenceStates,
  runtimeStates,
  shapes,
  temporaryFolder,
  weightsOf,
} from '../test/checkpoints.js';
import { dequantized } from '../test/dequantized.js';
import { convertCheckpoint } from './convert-checkpoint.js';

const ids = [72, 105, 32, 0, 255, 105, 7];

async function checkpointOf(
  config: Readonly<Record<string, unknown>>,
  dtype: RandomDtype = 'F32',
): Promise<string> {
  return writeRandomCheckpoint(join(temporaryFolder(), 'checkpoint'), config, { dtype, pool: 4096 });
}

async function refusal(attempt: Promise<unknown>): Promise<SakeError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!isSakeError(error)) throw new Error(`expected a SakeError, got ${String(error)}`);
  return error;
}

describe('convertCheckpoint', () => {
  it.each(Object.entries(shapes))(
    'keeps what a decoder computes, weights in a file of their own: %s',
    async (_, config) => {
      const checkpoint = await checkpointOf(config);
      const out = join(temporaryFolder(), 'model');
      const { files, missing } = await convertCheckpoint(checkpoint, out, { externalDataThreshold: 0 });
      expect(files).toContain('onnx/model.onnx_data');
      expect(missing).toEqual([]);
      const expected = referenceStates(config, weightsOf(checkpoint), ids);
      const got = await runtimeStates(join(out, 'onnx/model.onnx'), config, ids);
      expect(largestDifference(got.hidden, expected.hidden)).toBeLessThan(1e-4);
      expect(largestDifference(got.logits, expected.logits)).toBeLessThan(1e-4);
    },
  );

  it.each(['F16', 'BF16', 'F64'] as const)('keeps the values of %s checkpoints', async (dtype) => {
    const checkpoint = await checkpointOf(shapes.llama, dtype);
    const out = join(temporaryFolder(), 'model');
    await convertCheckpoint(checkpoint, out);
    const expected = referenceStates(shapes.llama, weightsOf(checkpoint), ids);
    const got = await runtimeStates(join(out, 'onnx/model.onnx'), shapes.llama, ids);
    expect(largestDifference(got.logits, expected.logits)).toBeLessThan(1e-4);
  });

  it('gives a folder that loadCausalLM loads', async () => {
    const checkpoint = await checkpointOf(shapes.llama);
    const out = join(temporaryFolder(), 'model');
    await convertCheckpoint(checkpoint, out);
    const expected = referenceStates(shapes.llama, weightsOf(checkpoint), ids);
    await using lm = await loadCausalLM(out, { threads: 1 });
    const states = await lm.capture([ids]);
    const { data } = await lm.project(states);
    const last = Array.from(expected.logits).slice(-264);
    expect(largestDifference(states.data, Array.from(expected.hidden).slice(-48))).toBeLessThan(1e-4);
    expect(largestDifference(data, last)).toBeLessThan(1e-4);
    expect(lm.encode('Hi')).toEqual([72, 105]);
  });

  const families = Object.entries(shapes);

  // Shares of the largest logit. Random weights are the worst case: nothing in them is redundant.
  const precisions = [
    ['fp16', 'model_fp16.onnx', 0.005],
    ['q8', 'model_quantized.onnx', 0.03],
    ['q4', 'model_q4.onnx', 0.25],
  ] as const;
  it.each(families.flatMap(([name, config]) => precisions.map((each) => [name, ...each, config] as const)))(
    'stays near it: %s in %s',
    async (_, dtype, file, tolerance, config) => {
      const checkpoint = await checkpointOf(config);
      const out = join(temporaryFolder(), 'model');
      const { files } = await convertCheckpoint(checkpoint, out, { dtype, externalDataThreshold: 0 });
      expect(files).toEqual(expect.arrayContaining([`onnx/${file}`, `onnx/${file}_data`]));
      const expected = referenceStates(config, weightsOf(checkpoint), ids);
      const got = await runtimeStates(join(out, 'onnx', file), config, ids);
      const difference = largestDifference(got.logits, expected.logits);
      expect(difference / largest(expected.logits)).toBeLessThan(tolerance);
    },
  );

  const blocks = [
    ['q8', false],
    ['q8', true],
    ['q4', false],
    ['q4', true],
  ] as const;
  it.each(families.flatMap(([name, config]) => blocks.map((each) => [name, ...each, config] as const)))(
    'stores blocks as the runtime reads them: %s in %s, head too: %s',
    async (_, dtype, quantizeHead, config) => {
      const checkpoint = await checkpointOf(config);
      const out = join(temporaryFolder(), 'model');
      await convertCheckpoint(checkpoint, out, { dtype, quantizeHead });
      const file = join(out, 'onnx', dtype === 'q8' ? 'model_quantized.onnx' : 'model_q4.onnx');
      const weights = dequantized(file, weightsOf(checkpoint), config['model_type'] === 'gpt2');
      const expected = referenceStates({ ...config, tie_word_embeddings: false }, weights, ids);
      const got = await runtimeStates(file, config, ids, true);
      expect(largestDifference(got.logits, expected.logits)).toBeLessThan(1e-4);
    },
  );

  it('takes tensors under the names of the bare model, and leaves buffers and a tied head out', async () => {
    const checkpoint = await checkpointOf(shapes.gpt2);
    const plain = join(temporaryFolder(), 'model');
    await convertCheckpoint(checkpoint, plain);
    changeTensors(checkpoint, (tensors) => ({
      ...Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [name.replace('transformer.', ''), tensor]),
      ),
      'h.0.attn.bias': { dtype: 'U8', shape: [1], data: Uint8Array.of(1) },
      'h.0.attn.masked_bias': { dtype: 'F32', shape: [], data: Float32Array.of(-1e4) },
      'lm_head.weight': tensors['transformer.wte.weight']!,
    }));
    const bare = join(temporaryFolder(), 'model');
    await convertCheckpoint(checkpoint, bare);
    const bytes = (folder: string): Buffer => readFileSync(join(folder, 'onnx/model.onnx'));
    expect(bytes(bare).equals(bytes(plain))).toBe(true);
  });

  it('reads shards, and writes what the whole file gives', async () => {
    const config = shapes.llama3;
    const whole = await checkpointOf(config, 'BF16');
    const sharded = await writeRandomCheckpoint(join(temporaryFolder(), 'checkpoint'), config, {
      dtype: 'BF16',
      pool: 4096,
      shardBytes: 20_000,
    });
    expect(readdirSync(sharded).filter((name) => name.startsWith('model-')).length).toBeGreaterThan(2);
    const [a, b] = [join(temporaryFolder(), 'model'), join(temporaryFolder(), 'model')];
    await convertCheckpoint(whole, a, { dtype: 'fp16', externalDataThreshold: 0 });
    await convertCheckpoint(sharded, b, { dtype: 'fp16', externalDataThreshold: 0 });
    for (const name of ['model_fp16.onnx', 'model_fp16.onnx_data'])
      expect(readFileSync(join(a, 'onnx', name)).equals(readFileSync(join(b, 'onnx', name)))).toBe(true);
  });

  it('copies the tokenizer, says what is missing, and tells transformers.js of the files', async () => {
    const checkpoint = await checkpointOf(shapes.llama);
    writeFileSync(join(checkpoint, 'merges.txt'), '#version: 0.2\n');
    writeFileSync(join(checkpoint, 'README.md'), 'not copied');
    const out = join(temporaryFolder(), 'new', 'model');
    const progress: number[] = [];
    const conversion = await convertCheckpoint(checkpoint, out, {
      dtype: 'q4',
      externalDataThreshold: 0,
      onProgress: ({ done, total }) => progress.push(done / total),
    });
    expect(conversion).toMatchObject({ folder: out, family: 'llama', dtype: 'q4', missing: [] });
    expect([...conversion.files].sort()).toEqual(
      (readdirSync(out, { recursive: true }) as string[])
        .filter((name) => statSync(join(out, name)).isFile())
        .sort(),
    );
    expect(conversion.files).toContain('merges.txt');
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'))).toEqual({
      ...shapes.llama,
      'transformers.js_config': { dtype: 'q4', use_external_data_format: { 'model_q4.onnx': 1 } },
    });
    const small = await checkpointOf({ ...shapes.llama, vocab_size: 40 });
    const without = await convertCheckpoint(small, join(temporaryFolder(), 'model'));
    expect(without.missing).toEqual(['tokenizer.json', 'tokenizer_config.json']);
  });

  it('replaces a folder only when told to, and only a model’s', async () => {
    const checkpoint = await checkpointOf(shapes.llama);
    const out = join(temporaryFolder(), 'model');
    mkdirSync(out);
    await convertCheckpoint(checkpoint, out);
    const before = readFileSync(join(out, 'onnx/model.onnx'));
    expect((await refusal(convertCheckpoint(checkpoint, out, { dtype: 'q4' }))).code).toBe('already-exists');
    expect(readFileSync(join(out, 'onnx/model.onnx')).equals(before)).toBe(true);
    await convertCheckpoint(checkpoint, out, { dtype: 'q4', replace: true });
    expect(readdirSync(join(out, 'onnx'))).toEqual(['model_q4.onnx']);
    const other = temporaryFolder();
    writeFileSync(join(other, 'thesis.txt'), 'years of work');
    expect(await refusal(convertCheckpoint(checkpoint, other, { replace: true }))).toMatchObject({
      code: 'invalid-option',
      message: expect.stringContaining('without config.json') as string,
    });
    const own = await refusal(convertCheckpoint(checkpoint, join(checkpoint, '..'), { replace: true }));
    expect(own.message).toContain('does not hold the checkpoint');
    expect((await refusal(convertCheckpoint(checkpoint, checkpoint, { replace: true }))).code).toBe(
      'invalid-option',
    );
    expect(existsSync(join(checkpoint, 'model.safetensors'))).toBe(true);
  });

  it('leaves nothing behind when it is aborted or fails', async () => {
    const checkpoint = await checkpointOf(shapes.llama);
    const parent = temporaryFolder();
    const controller = new AbortController();
    const aborted = convertCheckpoint(checkpoint, join(parent, 'model'), {
      signal: controller.signal,
      externalDataThreshold: 0,
      onProgress: ({ done, total }) => {
        expect(readdirSync(parent)).toHaveLength(1);
        if (done > total / 2) controller.abort();
      },
    });
    expect((await refusal(aborted)).code).toBe('aborted');
    expect(readdirSync(parent)).toEqual([]);

    const name = 'model.layers.1.mlp.up_proj.weight';
    changeTensors(checkpoint, (tensors) => ({
      ...tensors,
      [name]: { dtype: 'F32', shape: [80, 48], data: new Float32Array(80 * 48).fill(NaN) },
    }));
    const failed = await refusal(convertCheckpoint(checkpoint, join(parent, 'model'), { dtype: 'q4' }));
    expect([failed.code, failed.message]).toEqual(['invalid-input', expect.stringContaining(name)]);
    expect(readdirSync(parent)).toEqual([]);
  });

  it.each([
    ['a missing tensor', 'model.norm.weight', undefined, 'not-found', 'got none of that name'],
    [
      'a tensor of another shape',
      'model.norm.weight',
      { dtype: 'F32', shape: [24], data: new Float32Array(24) },
      'shape-mismatch',
      'of shape [48]',
    ],
    [
      'a quantized tensor',
      'model.norm.weight',
      { dtype: 'I8', shape: [48], data: new Int8Array(48) },
      'unsupported',
      'got I8',
    ],
    [
      'a tensor that the decoder has no use for',
      'model.layers.0.self_attn.q_norm.weight',
      { dtype: 'F32', shape: [12], data: new Float32Array(12) },
      'unsupported',
      'a field of config.json may be missing or wrong',
    ],
  ] as const)('refuses %s, naming file and tensor', async (_, name, tensor, code, message) => {
    const checkpoint = await checkpointOf(shapes.llama);
    changeTensors(checkpoint, (tensors) => {
      const others = Object.fromEntries(Object.entries(tensors).filter(([other]) => other !== name));
      return tensor === undefined ? others : { ...others, [name]: tensor };
    });
    const error = await refusal(convertCheckpoint(checkpoint, join(temporaryFolder(), 'model')));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(message)]);
    expect(error.message).toContain(`"${name}"`);
    expect(error.message).toContain(checkpoint);
  });

  it('refuses an unknown precision', async () => {
    const attempt = convertCheckpoint('nowhere', 'out', { dtype: 'q5' as 'q4' });
    expect((await refusal(attempt)).message).toContain('among fp32, fp16, q8, q4, got "q5"');
  });
});
