import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { BATCH, EXPORTED_MASK, exportedFeeds, LENGTH } from '../../test/exported-feeds.js';
import { decodeModel } from '../codec/decode-model.js';
import { DataType, type OnnxModel } from '../ir.js';
import { evaluate, numericalGradient } from '../reference/index.js';
import { refTensor } from '../reference/ref-tensor.js';
import { elementCount } from '../tensors/element-types.js';
import { makeTensor } from '../tensors/make-tensor.js';
import { isExternal } from '../tensors/read-tensor.js';
import { findDecoder } from '../surgery/find-decoder.js';
import { plainDecoder } from '../surgery/plain-decoder.js';
import { differentiate } from './differentiate.js';
import { expectConsistent } from './facts/expect-consistent.js';

const fixtures = join(import.meta.dirname, '../../test/fixtures');

const exported = (file: string): OnnxModel =>
  plainDecoder(withWeights(decodeModel(readFileSync(join(fixtures, file))), file), { useCache: true });

/** A model whose weights lie in a file that is no fixture has others: what is tested is its graph. */
function withWeights(model: OnnxModel, seed: string): OnnxModel {
  const random = createRandom(seed);
  const initializers = model.graph.initializers.map((tensor) =>
    isExternal(tensor)
      ? makeTensor(
          tensor.name,
          tensor.dims,
          Float32Array.from({ length: elementCount(tensor.dims) }, () => 0.2 * random.normal()),
        )
      : tensor,
  );
  return { ...model, graph: { ...model.graph, initializers } };
}

describe('differentiate on exports of others', () => {
  // Attention, rotary embeddings and norms in primitive operators, as TorchScript, torch.onnx's dynamo, optimum and a merged export write
  // them, and with what ONNX Runtime fuses into FusedMatMul, QuickGelu and SimplifiedLayerNormalization.
  it.each([
    'qwen2-torchscript.onnx',
    'qwen2-dynamo.onnx',
    'qwen2-optimum.onnx',
    'qwen2-merged.onnx',
    'qwen2-ort-extended.onnx',
  ])('gives the gradient of the logits by a residual stream: %s', (file) => {
    const model = exported(file);
    const { logits, residuals } = findDecoder(model);
    const place = residuals![0]!;
    const feeds = exportedFeeds(model);
    const outputs = evaluate(model, feeds, [logits, place]);
    const random = createRandom(file);
    const width = outputs[logits]!.dims[2]!;
    // Padding's own logits do not count.
    const counts = (i: number): boolean => EXPORTED_MASK[Math.floor(i / width)] === 1;
    const seed = refTensor(
      DataType.FLOAT,
      outputs[logits]!.dims,
      outputs[logits]!.data.map((_, i) => (counts(i) ? random.normal() : 0)),
    );
    const { model: backward, gradients } = differentiate(model, {
      seeds: { [logits]: 'dlogits' },
      wrt: [place],
    });
    const gradient = evaluate(backward, { ...feeds, dlogits: seed }, [gradients[place]!])[gradients[place]!]!;
    const entries = [0, 3, 70, 130, 255, 390, 450, 511];
    const expected = numericalGradient(
      model,
      { ...feeds, [place]: outputs[place]! },
      { wrt: place, seeds: { [logits]: seed }, entries },
    );
    expect(gradient.data.every(Number.isFinite)).toBe(true);
    expect(gradient.dims).toEqual(outputs[place]!.dims);
    const size = Math.max(...gradient.data.map(Math.abs));
    entries.forEach((entry, i) => {
      expect(Math.abs(gradient.data[entry]! - expected[i]!) / size, `entry ${entry}`).toBeLessThan(1e-7);
    });
    const known = expectConsistent(backward, { ...feeds, dlogits: seed }, { input_ids: [BATCH, LENGTH] });
    expect(known).toBeGreaterThan(0);
  });

  it.each([
    ['qwen2-int8.onnx', 'MatMulInteger', '/model/layers.2/mlp/down_proj/MatMul_quant'],
    ['qwen2-q4.onnx', 'com.microsoft:MatMulNBits', '/model/layers.2/mlp/down_proj/MatMul_Q4'],
    ['qwen2-bnb4.onnx', 'com.microsoft:MatMulBnb4', '/model/layers.2/mlp/down_proj/MatMul_Bnb4'],
  ])('names the quantized product that has no gradient: %s', (file, operator, node) => {
    const model = exported(file);
    const { logits, residuals } = findDecoder(model);
    expect(() => differentiate(model, { seeds: { [logits]: 'dlogits' }, wrt: [residuals![0]!] })).toThrow(
      `a gradient rule for ${operator}, got none (node "${node}"`,
    );
  });
});
