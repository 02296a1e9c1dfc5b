import { isSakeError } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { decoderFeeds, difference, gpt2, gptj, llama, sequence } from '../../test/decoder-feeds.js';
import { plainForward, randomWeights } from '../../test/plain-forward.js';
import { decodeModel } from '../codec/decode-model.js';
import { encodeModel } from '../codec/encode-model.js';
import { DataType } from '../ir.js';
import { evaluate } from '../reference/index.js';
import { fromFloat16Bits, toFloat16Bits } from '../tensors/float16.js';
import { activationNames } from './activation.js';
import { buildDecoder } from './build-decoder.js';
import type { DecoderConfig } from './config.js';
import type { RopeScaling } from './rope-frequencies.js';

const ids = [3, 16, 0, 7, 7];
/** Constants (scales, rotary tables) are stored in float32, 6e-8 each; all else is float64 on both sides. */
const CONSTANTS = 1e-6;
/** The same graph on both sides: only the order of sums differs. */
const EXACT = 1e-11;

const biased: DecoderConfig = { ...llama, qkvBias: true, attentionOutputBias: true, mlpBias: true };
const llama3: RopeScaling = {
  type: 'llama3',
  factor: 8,
  lowFrequencyFactor: 1,
  highFrequencyFactor: 4,
  originalPositions: 8,
};
const yarn: RopeScaling = {
  type: 'yarn',
  factor: 4,
  originalPositions: 8,
  betaFast: 1.5,
  betaSlow: 0.2,
  truncate: true,
  attentionFactor: 1.14,
};
const windowed: DecoderConfig = { ...llama, slidingWindow: { size: 2, layers: [0, 1] } };
const qwen3: DecoderConfig = { ...llama, queryKeyNorm: true, slidingWindow: { size: 3, layers: [1] } };
const cases: [string, DecoderConfig][] = [
  ['GPT-2', gpt2],
  ['GPT-2 with its own head', { ...gpt2, tieWordEmbeddings: false }],
  ['LLaMA with grouped heads', llama],
  ['LLaMA with a tied head', { ...llama, tieWordEmbeddings: true }],
  ['LLaMA with one head of keys', { ...llama, kvHeads: 1 }],
  ['LLaMA with as many heads of keys', { ...llama, kvHeads: 4 }],
  ['LLaMA with all biases', biased],
  ['GPT-2 with plain scores', { ...gpt2, scaleScores: false }],
  ['GPT-2 with scores scaled by layer', { ...gpt2, scaleScoresByLayer: true }],
  ['GPT-J', gptj],
  ['GPT-J with whole heads turned and a tied head', { ...gptj, rotaryDim: 6, tieWordEmbeddings: true }],
  ['LLaMA with linear positions', { ...llama, ropeScaling: { type: 'linear', factor: 2.5 } }],
  ['LLaMA 3', { ...llama, ropeTheta: 50, ropeScaling: llama3 }],
  ['YaRN', { ...llama, ropeTheta: 50, ropeScaling: yarn }],
  ['YaRN without rounding', { ...llama, ropeTheta: 50, ropeScaling: { ...yarn, truncate: false } }],
  ['Mistral with a window', windowed],
  ['Qwen3 with windows in later layers', qwen3],
  ...activationNames.map((activation): [string, DecoderConfig] => [
    `GPT-2 with ${activation}`,
    { ...gpt2, activation, layers: 1 },
  ]),
];
const families: [string, DecoderConfig][] = [
  ['GPT-2', gpt2],
  ['LLaMA', biased],
  ['GPT-J', gptj],
  ['Qwen3', qwen3],
];

describe('buildDecoder', () => {
  it.each(cases)('computes what plain loops compute: %s', (_, config) => {
    const weights = randomWeights(config);
    const model = buildDecoder(config, weights, { extraOutputs: ['resid_post.0', 'last_hidden_state'] });
    const outputs = evaluate(model, decoderFeeds(config, { ids: [ids] }));
    const expected = plainForward(config, weights, ids);
    expect(difference(sequence(outputs['logits']!, 0), expected.logits)).toBeLessThan(CONSTANTS);
    expect(difference(sequence(outputs['last_hidden_state']!, 0), expected.hidden)).toBeLessThan(CONSTANTS);
    expect(difference(sequence(outputs['resid_post.0']!, 0), expected.residuals[0]!)).toBeLessThan(CONSTANTS);
  });

  it.each(families)('gives the same logits in one run and token by token: %s', (_, config) => {
    const model = buildDecoder(config, randomWeights(config));
    const whole = sequence(evaluate(model, decoderFeeds(config, { ids: [ids] }))['logits']!, 0);
    let earlier: ReturnType<typeof evaluate> | undefined;
    for (const [t, id] of ids.entries()) {
      earlier = evaluate(model, decoderFeeds(config, { ids: [[id]], ...(earlier ? { earlier } : {}) }));
      expect(earlier['present.1.value']!.dims).toEqual([1, config.kvHeads, t + 1, config.headDim]);
      expect(difference(sequence(earlier['logits']!, 0), [whole[t]!])).toBeLessThan(EXACT);
    }
  });

  it.each(families)('gives the same logits with padding on either side: %s', (_, config) => {
    const weights = randomWeights(config);
    const model = buildDecoder(config, weights);
    const alone = plainForward(config, weights, ids).logits;
    const outputs = evaluate(
      model,
      decoderFeeds(config, {
        ids: [
          [1, 1, 1, ...ids],
          [...ids, 2, 2, 2],
        ],
        mask: [
          [0, 0, 0, 1, 1, 1, 1, 1],
          [1, 1, 1, 1, 1, 0, 0, 0],
        ],
        positions: [
          [0, 0, 0, 0, 1, 2, 3, 4],
          [0, 1, 2, 3, 4, 0, 0, 0],
        ],
      }),
    );
    expect(difference(sequence(outputs['logits']!, 0).slice(3), alone)).toBeLessThan(CONSTANTS);
    expect(difference(sequence(outputs['logits']!, 1).slice(0, 5), alone)).toBeLessThan(CONSTANTS);
    expect(Array.from(outputs['logits']!.data).every((value) => Number.isFinite(Number(value)))).toBe(true);
  });

  it('takes positions from position_ids', () => {
    const weights = randomWeights(llama);
    const positions = [4, 5, 6, 7, 8];
    const { logits } = evaluate(
      buildDecoder(llama, weights),
      decoderFeeds(llama, { ids: [ids], positions: [positions] }),
    );
    const expected = plainForward(llama, weights, ids, positions).logits;
    expect(difference(sequence(logits!, 0), expected)).toBeLessThan(CONSTANTS);
  });

  it('keeps accuracy at far positions, where two small tables stand for one of all positions', () => {
    const far: DecoderConfig = {
      ...llama,
      maxPositions: 200_000,
      ropeScaling: { ...yarn, originalPositions: 50_000 },
    };
    const weights = randomWeights(far);
    const model = buildDecoder(far, weights);
    const tables = model.graph.initializers.filter(({ name }) => name.startsWith('rotary.'));
    expect(tables.map(({ name, dims }) => [name, dims[0]])).toEqual([
      ['rotary.cos.coarse', 782],
      ['rotary.sin.coarse', 782],
      ['rotary.cos.fine', 256],
      ['rotary.sin.fine', 256],
    ]);
    const positions = [199_995, 199_996, 199_997, 199_998, 199_999];
    const { logits } = evaluate(model, decoderFeeds(far, { ids: [ids], positions: [positions] }));
    const expected = plainForward(far, weights, ids, positions).logits;
    expect(difference(sequence(logits!, 0), expected)).toBeLessThan(CONSTANTS);
  });

  it('gives the same with the fused norm', () => {
    const weights = randomWeights(llama);
    const model = buildDecoder(llama, weights, { norm: 'fused' });
    expect(model.graph.nodes.filter(({ opType }) => opType === 'SimplifiedLayerNormalization')).toHaveLength(
      5,
    );
    const { logits } = evaluate(model, decoderFeeds(llama, { ids: [ids] }));
    expect(difference(sequence(logits!, 0), plainForward(llama, weights, ids).logits)).toBeLessThan(
      CONSTANTS,
    );
  });

  it.each(families)('stores matrices in half precision and vectors in full: %s', (_, config) => {
    const weights = randomWeights(config);
    const halved = new Map(
      [...weights].map(([name, { shape, data }]) => {
        const half = data.map((value) => fromFloat16Bits(toFloat16Bits(value)));
        return [name, { shape, data: shape.length > 1 ? half : data }];
      }),
    );
    const model = buildDecoder(config, weights, { storage: 'float16' });
    for (const { name, dims, dataType } of model.graph.initializers.filter(({ name }) =>
      /weight|bias/.test(name),
    ))
      expect([name, dataType]).toEqual([name, dims.length > 1 ? DataType.FLOAT16 : DataType.FLOAT]);
    const { logits } = evaluate(model, decoderFeeds(config, { ids: [ids] }));
    expect(difference(sequence(logits!, 0), plainForward(config, halved, ids).logits)).toBeLessThan(
      CONSTANTS,
    );
  });

  it('declares the inputs and outputs that exporters agree on', () => {
    const model = decodeModel(encodeModel(buildDecoder(llama, randomWeights(llama))));
    const shapeOf = (name: string): unknown =>
      [...model.graph.inputs, ...model.graph.outputs]
        .find((value) => value.name === name)!
        .type!.tensor!.shape!.map(({ value, param }) => value ?? param);
    expect(model.graph.inputs.map(({ name }) => name).slice(0, 5)).toEqual([
      'input_ids',
      'attention_mask',
      'position_ids',
      'past_key_values.0.key',
      'past_key_values.0.value',
    ]);
    expect(model.graph.outputs.map(({ name }) => name)).toEqual([
      'logits',
      'present.0.key',
      'present.0.value',
      'present.1.key',
      'present.1.value',
    ]);
    expect(shapeOf('past_key_values.1.key')).toEqual(['batch_size', 2, 'past_sequence_length', 6]);
    expect(shapeOf('logits')).toEqual(['batch_size', 'sequence_length', 17]);
  });

  it('takes checkpoints of the bare model, whose names lack the first part', () => {
    const weights = randomWeights(gpt2);
    const bare = new Map([...weights].map(([name, weight]) => [name.replace('transformer.', ''), weight]));
    expect(encodeModel(buildDecoder(gpt2, bare))).toEqual(encodeModel(buildDecoder(gpt2, weights)));
  });

  it('refuses missing and misshapen weights, values beyond half precision and unknown taps', () => {
    const weights = randomWeights(gpt2);
    const name = 'transformer.h.1.mlp.c_fc.weight';
    const without = new Map([...weights].filter(([key]) => key !== name));
    const turned = new Map(weights).set(name, { ...weights.get(name)!, shape: [20, 12] });
    const huge = new Map(weights).set(name, { shape: [12, 20], data: new Float32Array(240).fill(1e5) });
    const codeOf = (build: () => unknown): string | undefined => {
      try {
        build();
      } catch (error) {
        return isSakeError(error) ? error.code : String(error);
      }
      return undefined;
    };
    expect(codeOf(() => buildDecoder(gpt2, without))).toBe('not-found');
    expect(codeOf(() => buildDecoder(gpt2, turned))).toBe('shape-mismatch');
    expect(codeOf(() => buildDecoder(gpt2, huge, { storage: 'float16' }))).toBe('invalid-input');
    expect(codeOf(() => buildDecoder(gpt2, weights, { extraOutputs: ['resid_post.2'] }))).toBe('not-found');
  });
});
