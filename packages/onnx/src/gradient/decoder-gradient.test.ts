import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { decoderFeeds, gpt2, llama } from '../../test/decoder-feeds.js';
import { randomWeights } from '../../test/plain-forward.js';
import { buildDecoder } from '../decoder/build-decoder.js';
import { buildTrainingGraph, trainingWeights } from '../decoder/build-training-graph.js';
import type { DecoderConfig } from '../decoder/config.js';
import { rotaryTables } from '../decoder/rotary.js';
import { doubles, evaluate, int64s, numericalGradient, type RefTensor } from '../reference/index.js';
import { appendCrossEntropyHead } from './cross-entropy-head.js';
import { differentiate } from './differentiate.js';

const [batch, length] = [2, 4];
const rows = batch * length;

function trainingFeeds(config: DecoderConfig): Record<string, RefTensor> {
  const random = createRandom(`gradient of ${config.family}`);
  const normal = (dims: readonly number[], scale: number, mean = 0): RefTensor =>
    doubles(
      dims,
      Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () => mean + scale * random.normal()),
    );
  const future = Array.from({ length: rows * length }, (_, i) =>
    i % length > Math.floor(i / length) % length ? -1e9 : 0,
  );
  const { cos, sin } = rotaryTables(
    { headDim: config.headDim, ropeTheta: 100 },
    Array.from({ length: rows }, (_, i) => i % length),
  );
  return {
    inputs_embeds: normal([batch, length, config.hiddenSize], 1),
    attention_bias: doubles([batch, 1, length, length], future),
    ...(config.family === 'llama'
      ? {
          rope_cos: doubles([batch, length, config.headDim], cos),
          rope_sin: doubles([batch, length, config.headDim], sin),
        }
      : {}),
    ...Object.fromEntries(
      trainingWeights(config).map(({ name, shape, role }) => [
        name,
        normal(shape, 0.3, role === 'scale' ? 1 : 0),
      ]),
    ),
    E: normal([config.vocabularySize, config.hiddenSize], 0.5),
    targets: int64s(
      [rows],
      Array.from({ length: rows }, () => random.integer(config.vocabularySize)),
    ),
    loss_weights: doubles(
      [rows],
      Array.from({ length: rows }, (_, i) => i / 28),
    ),
  };
}

/** A few entries of a tensor, the first and last among them. */
function sampled(tensor: RefTensor): number[] {
  const last = tensor.data.length - 1;
  return [...new Set([0, Math.floor(last * 0.37), last])];
}

const configs: DecoderConfig[] = [
  gpt2,
  { ...gpt2, activation: 'gelu' },
  llama,
  { ...llama, qkvBias: true, mlpBias: true },
];
const cases = configs.flatMap((config) =>
  (['float64', 'float32'] as const).map((dtype) => {
    const biases = config.family === 'llama' && config.qkvBias ? ' with biases' : '';
    return [`${config.family}, ${config.activation}${biases}`, dtype, config] as const;
  }),
);

describe('differentiate on decoders', () => {
  // float32 graphs use the fused operators; the evaluator computes them in float64 all the same.
  it.each(cases)('gives the gradient of the whole loss by every weight: %s, %s', (_, dtype, config) => {
    const fused = dtype === 'float32';
    const body = buildTrainingGraph(config, { batch, length, dtype, fused });
    const head = appendCrossEntropyHead(body, { embedding: 'E', vocabularySize: config.vocabularySize });
    const wrt = ['inputs_embeds', ...trainingWeights(config).map(({ name }) => name)];
    const { model, gradients } = differentiate(head.model, {
      seeds: { last_hidden_state: head.hiddenGradient },
      wrt,
      fused,
    });
    const feeds = trainingFeeds(config);
    const found = evaluate(model, feeds, Object.values(gradients));
    for (const name of wrt) {
      const gradient = found[gradients[name]!]!;
      expect(gradient.dims).toEqual(feeds[name]!.dims);
      const entries = sampled(gradient);
      const expected = numericalGradient(head.model, feeds, {
        wrt: name,
        seeds: { loss: doubles([], [1]) },
        entries,
      });
      // Gradients are about 0.01; key biases have none, as softmax ignores shifts. Differences leave 1e-12, and
      // float32 graphs hold the constants of rules (2/√π of Erf) to 6e-8.
      const size = Math.max(1e-3, ...gradient.data.map(Math.abs));
      entries.forEach((entry, i) => {
        expect(Math.abs(gradient.data[entry]! - expected[i]!) / size, `${name}[${entry}]`).toBeLessThan(
          fused ? 1e-7 : 1e-8,
        );
      });
    }
  });

  it.each([gpt2, llama])(
    'gives the same gradients from a graph of some rows as with weight 0 on the others: $family',
    (config) => {
      const kept = [1, 2, 5, 7];
      const wrt = ['inputs_embeds', ...trainingWeights(config).map(({ name }) => name)];
      const gradientsOf = (
        outputRows: number | undefined,
        feeds: Record<string, RefTensor>,
      ): Record<string, RefTensor> => {
        const options = { batch, length, dtype: 'float64', ...(outputRows ? { outputRows } : {}) } as const;
        const head = appendCrossEntropyHead(buildTrainingGraph(config, options), {
          embedding: 'E',
          vocabularySize: config.vocabularySize,
          scatter: 'graph',
        });
        const { model, gradients } = differentiate(head.model, {
          seeds: { last_hidden_state: head.hiddenGradient },
          wrt,
          fused: false,
        });
        return evaluate(model, feeds, ['loss', head.embeddingGradient, ...Object.values(gradients)]);
      };
      const feeds = trainingFeeds(config);
      const [targets, weights] = [feeds['targets']!.data, feeds['loss_weights']!.data];
      const expected = gradientsOf(undefined, {
        ...feeds,
        loss_weights: doubles(
          [rows],
          Array.from(weights, (weight, i) => (kept.includes(i) ? weight : 0)),
        ),
      });
      const found = gradientsOf(kept.length, {
        ...feeds,
        output_rows: int64s([kept.length], kept),
        targets: int64s(
          [kept.length],
          kept.map((row) => targets[row]!),
        ),
        loss_weights: doubles(
          [kept.length],
          kept.map((row) => weights[row]!),
        ),
      });
      expect(Object.keys(found)).toEqual(Object.keys(expected));
      for (const [name, { dims, data }] of Object.entries(expected)) {
        expect(found[name]!.dims).toEqual(dims);
        // Sums of the same terms, in another order.
        data.forEach((value, i) => expect(Math.abs(found[name]!.data[i]! - value), name).toBeLessThan(1e-12));
      }
    },
  );

  it.each([gpt2, llama])(
    'differentiates an inference graph with free sizes by a residual stream: $family',
    (config) => {
      const decoder = buildDecoder(config, randomWeights(config));
      const feeds = decoderFeeds(config, {
        ids: [
          [1, 2, 3],
          [0, 4, 5],
        ],
        mask: [
          [1, 1, 1],
          [0, 1, 1],
        ],
      });
      const { logits, 'resid_post.0': residual } = evaluate(decoder, feeds, ['logits', 'resid_post.0']);
      const random = createRandom(config.family);
      // The padding's own logits do not count: it attends to masked scores only, whose differences drown in -1e9.
      const padding = 3 * config.vocabularySize;
      const counts = (i: number): boolean => i < padding || i >= padding + config.vocabularySize;
      const seed = doubles(
        logits!.dims,
        logits!.data.map((_, i) => (counts(i) ? random.normal() : 0)),
      );
      const { model, gradients } = differentiate(decoder, {
        seeds: { logits: 'dlogits' },
        wrt: ['resid_post.0'],
      });
      const gradient = evaluate(model, { ...feeds, dlogits: seed }, Object.values(gradients))[
        'gradient/resid_post.0'
      ]!;
      const entries = Array.from({ length: 12 }, (_, i) => i * 6 + 1);
      const expected = numericalGradient(
        decoder,
        { ...feeds, 'resid_post.0': residual! },
        { wrt: 'resid_post.0', seeds: { logits: seed }, entries },
      );
      const size = Math.max(...gradient.data.map(Math.abs));
      expect(gradient.dims).toEqual(residual!.dims);
      // Five-point differences at step 1e-3 of functions of size 10
      entries.forEach((entry, i) =>
        expect(Math.abs(gradient.data[entry]! - expected[i]!) / size).toBeLessThan(1e-8),
      );
    },
  );
});
