import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXPORTED_MASK, exportedFeeds } from '../../test/exported-feeds.js';
import { decodeModel } from '../codec/decode-model.js';
import { evaluate } from '../reference/index.js';
import { refTensor } from '../reference/ref-tensor.js';
import { findDecoder } from '../surgery/find-decoder.js';
import { findMlpProjections } from '../surgery/find-mlp-projections.js';
import { differentiate } from './differentiate.js';

interface GradientGolden {
  readonly name: string;
  /** Σ seed · logits where there is no padding. */
  readonly loss: number;
  /** Its gradient by the stream behind every block, [2, 4, width]. */
  readonly streams: readonly (readonly number[])[];
  /** Its gradient by the weight of block 1's down-projection, [inner width, width]. */
  readonly down: readonly number[];
}

const test = join(import.meta.dirname, '../../test');
/** Made with PyTorch 1.13 by test/goldens/make_gradient_goldens.py, as the exports were. */
const { cases } = JSON.parse(readFileSync(join(test, 'goldens/gradient-goldens.json'), 'utf8')) as {
  cases: GradientGolden[];
};

describe('differentiate beside PyTorch', () => {
  it.each(cases)('gives what autograd gives on an export of torch.onnx: $name', ({ name, ...golden }) => {
    const model = decodeModel(readFileSync(join(test, `fixtures/${name}-torchscript.onnx`)));
    const { logits, residuals } = findDecoder(model);
    const { weight } = findMlpProjections(model)[1]!;
    const feeds = exportedFeeds(model);
    const plain = evaluate(model, feeds, [logits])[logits]!;
    const vocabulary = plain.dims[2]!;
    const seed = plain.data.map(
      (_, i) => (((i * 7919) % 2003) / 1001.5 - 1) * EXPORTED_MASK[Math.floor(i / vocabulary)]!,
    );
    const loss = plain.data.reduce((sum, logit, i) => sum + logit * seed[i]!, 0);
    // The exports hold constants, such as √(2/π), in float32; the weights are float32 on both sides.
    expect(Math.abs(loss / golden.loss - 1)).toBeLessThan(1e-7);

    const { model: backward, gradients } = differentiate(model, {
      seeds: { [logits]: 'dlogits' },
      wrt: [...residuals!, weight],
    });
    const found = evaluate(
      backward,
      { ...feeds, dlogits: refTensor(plain.dtype, plain.dims, seed) },
      Object.values(gradients),
    );
    const expected = [...golden.streams, golden.down];
    expect(residuals).toHaveLength(golden.streams.length);
    [...residuals!, weight].forEach((place, at) => {
      const gradient = found[gradients[place]!]!.data;
      expect(gradient).toHaveLength(expected[at]!.length);
      const size = Math.max(...expected[at]!.map(Math.abs));
      const away = Math.max(...expected[at]!.map((value, i) => Math.abs(gradient[i]! - value))) / size;
      expect(away, place).toBeLessThan(1e-7);
    });
  });
});
