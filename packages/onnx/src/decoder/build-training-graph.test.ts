import { describe, expect, it } from 'vitest';
import { difference, gpt2, gptj, llama, sequence } from '../../test/decoder-feeds.js';
import { plainForward, randomWeights } from '../../test/plain-forward.js';
import { doubles, evaluate, int64s, type RefTensor } from '../reference/index.js';
import { buildTrainingGraph, trainingWeights } from './build-training-graph.js';
import type { DecoderConfig } from './config.js';
import { rotaryTables } from './rotary.js';
import { embeddingName, POSITION_TABLE } from './weights.js';

/** Two rows of six tokens; the second packs two documents. */
const documents = [
  [[1, 2, 3, 4, 5, 6]],
  [
    [7, 8],
    [9, 10, 11, 12],
  ],
];
const [batch, length] = [2, 6];

function trainingFeeds(
  config: DecoderConfig,
  weights: ReturnType<typeof randomWeights>,
): Record<string, RefTensor> {
  const { hiddenSize } = config;
  const bias = new Array<number>(batch * length * length).fill(-1e9);
  const embeds: number[] = [];
  const positions: number[] = [];
  const rowOf = (table: string, index: number): number[] =>
    Array.from(weights.get(table)!.data.subarray(index * hiddenSize, (index + 1) * hiddenSize));
  documents.forEach((row, b) => {
    let start = 0;
    for (const document of row) {
      document.forEach((id, i) => {
        const token = rowOf(embeddingName(config), id);
        const place = config.family === 'gpt2' ? rowOf(POSITION_TABLE, i) : token.map(() => 0);
        embeds.push(...token.map((value, d) => value + place[d]!));
        positions.push(i);
        for (let j = 0; j <= i; j++) bias[(b * length + start + i) * length + start + j] = 0;
      });
      start += document.length;
    }
  });
  const feeds: Record<string, RefTensor> = {
    inputs_embeds: doubles([batch, length, hiddenSize], embeds),
    attention_bias: doubles([batch, 1, length, length], bias),
  };
  if (config.family !== 'gpt2') {
    const { cos, sin } = rotaryTables(config, positions);
    feeds['rope_cos'] = doubles([batch, length, config.headDim], cos);
    feeds['rope_sin'] = doubles([batch, length, config.headDim], sin);
  }
  for (const { name, shape } of trainingWeights(config))
    feeds[name] = doubles(shape, weights.get(name)!.data);
  return feeds;
}

const variantOf = (config: DecoderConfig): string => {
  if (config.family !== 'llama') return '';
  return config.qkvBias ? ' with biases' : config.queryKeyNorm ? ' with norms of queries and keys' : '';
};
const configs: DecoderConfig[] = [
  gpt2,
  llama,
  { ...llama, qkvBias: true, mlpBias: true },
  gptj,
  { ...llama, queryKeyNorm: true, ropeScaling: { type: 'linear', factor: 2 } },
];
const cases = configs.flatMap((config) =>
  [false, true].map((fused): [string, DecoderConfig, boolean] => [
    `${config.family}${variantOf(config)}, ${fused ? 'fused' : 'standard operators'}`,
    config,
    fused,
  ]),
);

describe('buildTrainingGraph', () => {
  it.each(cases)('computes the hidden states of packed documents: %s', (_, config, fused) => {
    const weights = randomWeights(config);
    const model = buildTrainingGraph(config, { batch, length, dtype: 'float64', fused });
    const { last_hidden_state: hidden } = evaluate(model, trainingFeeds(config, weights));
    const expected = documents.flat().flatMap((document) => plainForward(config, weights, document).hidden);
    // The scale of fused scores is an attribute, stored in float32.
    expect(difference(sequence(hidden!, 0), expected)).toBeLessThan(fused ? 1e-6 : 1e-11);
  });

  it.each(cases)('gives the wanted rows as in the whole output: %s', (_, config, fused) => {
    const options = { batch, length, dtype: 'float64', fused } as const;
    const feeds = trainingFeeds(config, randomWeights(config));
    const rows = [1, 4, 5, 6, 10];
    const whole = sequence(evaluate(buildTrainingGraph(config, options), feeds)['last_hidden_state']!, 0);
    const some = evaluate(buildTrainingGraph(config, { ...options, outputRows: rows.length }), {
      ...feeds,
      output_rows: int64s([rows.length], rows),
    })['last_hidden_state']!;
    expect(some.dims).toEqual([rows.length, config.hiddenSize]);
    expect(sequence(some, 0)).toEqual(rows.map((row) => whole[row]));
  });

  it('takes every weight between embedding and head as an input under its own name', () => {
    const model = buildTrainingGraph(llama, { batch, length });
    const names = model.graph.inputs.map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(['inputs_embeds', 'attention_bias', 'rope_cos', 'rope_sin']);
    expect(names.slice(4)).toEqual(trainingWeights(llama).map(({ name }) => name));
    expect(names).not.toContain('model.embed_tokens.weight');
    expect(names).not.toContain('lm_head.weight');
  });

  it('uses standard operators only, unless asked for fused ones', () => {
    const domains = (fused: boolean): string[] => [
      ...new Set(buildTrainingGraph(llama, { batch, length, fused }).graph.nodes.map(({ domain }) => domain)),
    ];
    expect(domains(false)).toEqual(['']);
    expect(domains(true)).toEqual(['', 'com.microsoft']);
  });

  it('refuses a window that only some layers have', () => {
    const config: DecoderConfig = { ...llama, slidingWindow: { size: 3, layers: [1] } };
    expect(() => buildTrainingGraph(config, { batch, length })).toThrow(
      'in all 2 layers or none, got one in 1',
    );
  });

  it('refuses sizes below 1 and more output rows than there are', () => {
    expect(() => buildTrainingGraph(gpt2, { batch: 0, length })).toThrow('positive integer for batch, got 0');
    expect(() => buildTrainingGraph(gpt2, { batch, length, outputRows: 0 })).toThrow('for outputRows, got 0');
    expect(() => buildTrainingGraph(gpt2, { batch, length, outputRows: 13 })).toThrow(
      'at most batch · length = 12 for outputRows, got 13',
    );
  });
});
