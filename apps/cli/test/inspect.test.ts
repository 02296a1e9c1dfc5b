import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { sake, temporaryFolder } from './sake.js';

const fixture = fileURLToPath(
  new URL('../../../packages/activations/test/fixtures/qwen2-optimum', import.meta.url),
);
const graph = join(fixture, 'model.onnx');

describe('sake inspect', { timeout: 60_000 }, () => {
  it('tells as JSON what a folder holds', async () => {
    const { status, out, err } = await sake('inspect', fixture, '--json');
    expect([status, err]).toEqual([0, '']);
    const inspection = JSON.parse(out) as { selfCheck: { maxAbsError: number; maxAbsLogit: number } };
    expect(inspection).toMatchObject({
      family: 'qwen2',
      hiddenSize: 64,
      layers: 3,
      vocabulary: 320,
      head: { node: '/lm_head/MatMul', op: 'MatMul' },
      hiddenTensor: '/model/norm/Mul_1_output_0',
      cache: { layers: 3, inputs: ['past_key_values.N.key', 'past_key_values.N.value'], dtype: 'FLOAT' },
      dtype: 'fp32',
      files: ['model.onnx'],
      steerable: true,
    });
    expect(inspection.selfCheck.maxAbsLogit).toBeGreaterThan(1);
    expect(inspection.selfCheck.maxAbsError).toBeLessThan(1e-4 * inspection.selfCheck.maxAbsLogit);
  });

  it('tells in lines what a graph without config and tokenizer is', async () => {
    const folder = temporaryFolder();
    copyFileSync(graph, join(folder, 'some.onnx'));
    const { status, out } = await sake('inspect', join(folder, 'some.onnx'));
    expect(status).toBe(0);
    expect(out).toMatch(/^family +unknown$/m);
    expect(out).toMatch(/^head +MatMul \/lm_head\/MatMul$/m);
    expect(out).toMatch(/^steerable +yes$/m);
    expect(out).toMatch(/^self-check +head\(hidden\) is within /m);
  });

  it('takes the hidden tensor by name', async () => {
    const named = await sake('inspect', graph, '--json', '--hidden-tensor', '/model/norm/Mul_1_output_0');
    expect(JSON.parse(named.out)).toMatchObject({
      hiddenTensor: '/model/norm/Mul_1_output_0',
      steerable: true,
    });
    const wrong = await sake('inspect', graph, '--hidden-tensor', 'nowhere');
    expect([wrong.status, wrong.err]).toEqual([
      3,
      expect.stringMatching(/^error: .*model\.onnx.*nowhere[^\n]*\n$/),
    ]);
  });

  it('refuses a graph that is no decoder, with the reason', async () => {
    const { status, err } = await sake(
      'inspect',
      graph,
      '--hidden-tensor',
      '/model/layers.0/self_attn/o_proj/MatMul_output_0',
    );
    expect(status).toBe(2);
    expect(err).toMatch(/^error: .*model\.onnx: findDecoder: .*\n$/);
  });

  it('refuses a file that is no graph, and a place where nothing is', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'model.onnx'), 'version https://git-lfs.github.com/spec/v1\n');
    const broken = await sake('inspect', folder, '--json');
    expect(broken.status).toBe(3);
    expect(broken.err + broken.out).toMatch(/model\.onnx/);
  });

  it('looks for an id of the hub in the cache alone where it is told to be offline', async () => {
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    vi.stubEnv('HF_HUB_CACHE', temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    const { status, err } = await sake('inspect', 'some-org/some-model');
    expect([status, err]).toEqual([3, expect.stringMatching(/some-org\/some-model.*HF_HUB_OFFLINE/)]);
  });

  it('refuses options that do not exist', async () => {
    const dtype = await sake('inspect', graph, '--dtype', 'q5');
    expect([dtype.status, dtype.err]).toEqual([2, expect.stringMatching(/--dtype/)]);
    const device = await sake('inspect', graph, '--device', 'gpu');
    expect([device.status, device.err]).toEqual([2, expect.stringMatching(/--device/)]);
    expect((await sake('inspect')).err).toMatch(/missing required argument 'model'/);
  });
});
