import { createRandom, isSakeError } from '@sakejs/spec';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decoderFeeds, difference, gpt2, gptj, llama, sequence } from '../../test/decoder-feeds.js';
import { plainForward, randomWeights } from '../../test/plain-forward.js';
import { int } from '../attributes.js';
import { decodeModel } from '../codec/decode-model.js';
import { encodeModel } from '../codec/encode-model.js';
import { buildDecoder } from '../decoder/build-decoder.js';
import type { DecoderConfig } from '../decoder/config.js';
import { GraphBuilder } from '../graph-builder.js';
import { DataType, type OnnxModel } from '../ir.js';
import { doubles, evaluate, refTensor, type RefTensor } from '../reference/index.js';
import { bodyModel } from './body-model.js';
import { findBlockStates } from './find-block-states.js';
import { findDecoder } from './find-decoder.js';
import { restorableModel, type RestorableModel, type RestorableState } from './restorable-model.js';

const ids = [3, 16, 0, 7];
const families: [string, DecoderConfig, string][] = [
  ['GPT-2', gpt2, 'transformer.wte.weight'],
  ['GPT-J', gptj, 'transformer.wte.weight'],
  ['LLaMA', llama, 'model.embed_tokens.weight'],
];
type Rows = number[][];

/** Seeded values around 0, [length, d]. */
function random(d: number, seed: string): Rows {
  const source = createRandom(seed);
  return ids.map(() => Array.from({ length: d }, () => source.normal()));
}

const tensor = (rows: Rows): RefTensor => doubles([1, rows.length, rows[0]!.length], rows.flat());
const bools = (values: readonly boolean[]): RefTensor =>
  refTensor(DataType.BOOL, [1, values.length, 1], values.map(Number));

interface Restoring {
  readonly noise?: Rows;
  /** Positions and values of states that are put back. */
  readonly states?: readonly (Pick<RestorableState, 'kind' | 'layer'> & { at: number[]; values: Rows })[];
}

/** What the model gives: every state and the hidden states, [length, d], by tensor. */
function run(
  restorable: RestorableModel,
  config: DecoderConfig,
  { noise, states = [] }: Restoring = {},
): { hidden: Rows; state(kind: RestorableState['kind'], layer: number): Rows; tokens: Rows } {
  const d = config.hiddenSize;
  const zero = ids.map(() => new Array<number>(d).fill(0));
  const outputs = [
    ...new Set([
      'last_hidden_state',
      restorable.tokenEmbeddings,
      ...restorable.states.map((state) => state.tensor),
    ]),
  ];
  const body = decodeModel(encodeModel(bodyModel(restorable.model, { outputs, cache: false })));
  const feeds: Record<string, RefTensor> = { [restorable.noise]: tensor(noise ?? zero) };
  for (const { kind, layer, mask, values } of restorable.states) {
    const own = states.find((state) => state.kind === kind && state.layer === layer);
    feeds[mask] = bools(ids.map((_, t) => own?.at.includes(t) ?? false));
    feeds[values] = tensor(own?.values ?? zero);
  }
  const found = evaluate(body, { ...decoderFeeds(config, { ids: [ids] }), ...feeds });
  return {
    hidden: sequence(found['last_hidden_state']!, 0),
    tokens: sequence(found[restorable.tokenEmbeddings]!, 0),
    state: (kind, layer) =>
      sequence(
        found[restorable.states.find((state) => state.kind === kind && state.layer === layer)!.tensor]!,
        0,
      ),
  };
}

const plus = (...terms: Rows[]): Rows =>
  terms[0]!.map((row, t) => row.map((_, i) => terms.reduce((sum, term) => sum + term[t]![i]!, 0)));

describe.each(families)('restorableModel of a %s', (_, config, embedding) => {
  const weights = randomWeights(config);
  const restorable = restorableModel(buildDecoder(config, weights));
  const noise = random(config.hiddenSize, 'noise');
  const [plain, noisy] = [run(restorable, config), run(restorable, config, { noise })];

  it('is the plain model where nothing is added or put back', () => {
    const { hidden, residuals } = plainForward(config, weights, ids);
    expect(difference(plain.hidden, hidden)).toBeLessThan(1e-6);
    expect(difference(plain.state('stream', 1), residuals[1]!)).toBeLessThan(1e-6);
  });

  it('adds noise as a model with other embeddings has it', () => {
    const table = weights.get(embedding)!;
    const data = Float64Array.from(table.data);
    ids.forEach((id, t) => noise[t]!.forEach((value, i) => (data[id * config.hiddenSize + i]! += value)));
    const other = new Map([...weights, [embedding, { shape: table.shape, data }]]);
    const { hidden, residuals } = plainForward(config, other, ids);
    expect(difference(noisy.hidden, hidden)).toBeLessThan(1e-6);
    expect(difference(noisy.state('stream', 0), residuals[0]!)).toBeLessThan(1e-6);
    expect(difference(noisy.hidden, plain.hidden)).toBeGreaterThan(1e-2);
  });

  it('has streams that attention and MLP add up to, with noise and without', () => {
    for (const { state } of [plain, noisy])
      for (const layer of [0, 1])
        expect(
          difference(
            plus(state('stream', layer - 1), state('attention', layer), state('mlp', layer)),
            state('stream', layer),
          ),
        ).toBeLessThan(1e-12);
  });

  it('shows token embeddings without those of positions', () => {
    const table = weights.get(embedding)!;
    const d = config.hiddenSize;
    const rows = ids.map((id) => Array.from(table.data.subarray(id * d, (id + 1) * d)));
    expect(difference(plain.tokens, rows)).toBe(0);
  });

  it.each(['stream', 'attention', 'mlp'] as const)('puts back the %s where it is told to', (kind) => {
    const values = random(config.hiddenSize, kind);
    const given = run(restorable, config, { noise, states: [{ kind, layer: 0, at: [1, 3], values }] });
    const own = given.state(kind, 0);
    const before = noisy.state(kind, 0);
    expect(own).toEqual(ids.map((_, t) => (t === 1 || t === 3 ? values : before)[t]));
    if (kind === 'stream') return;
    const other = kind === 'mlp' ? 'attention' : 'mlp';
    const stream = plus(noisy.state('stream', -1), own, given.state(other, 0));
    expect(difference(given.state('stream', 0), stream)).toBeLessThan(1e-12);
  });

  it('computes what is above a state that is put back from that state alone', () => {
    const all = ids.map((__, t) => t);
    const [first, second] = [noise, random(config.hiddenSize, 'other')].map((added) =>
      run(restorable, config, {
        noise: added,
        states: [{ kind: 'stream', layer: 0, at: all, values: plain.state('stream', 0) }],
      }),
    );
    expect(first!.hidden).toEqual(plain.hidden);
    expect(second!.hidden).toEqual(plain.hidden);
  });
});

describe('findBlockStates', () => {
  const fixture = (name: string): OnnxModel =>
    decodeModel(readFileSync(new URL(`../../test/fixtures/${name}`, import.meta.url)));

  it.each([
    'qwen2-optimum.onnx',
    'qwen2-torchscript.onnx',
    'qwen2-dynamo.onnx',
    'qwen2-ort-extended.onnx',
    'qwen2-fp16.onnx',
    'qwen2-int8.onnx',
    'qwen2-q4f16.onnx',
    'qwen2-genai/model.onnx',
    'qwen2-genai-int4/model.onnx',
  ])('finds all states of a real export, and the graph with their inputs is whole: %s', (name) => {
    const model = fixture(name);
    const { attention, mlp, stream } = findBlockStates(model);
    expect([attention, mlp, stream].map((kind) => (kind as string[]).length)).toEqual([3, 3, 3]);
    const { model: whole, states, missing } = restorableModel(model);
    expect([states.length, missing.size]).toEqual([10, 0]);
    const outputs = [findDecoder(model).hiddenTensor, ...states.map(({ tensor: of }) => of)];
    const body = bodyModel(whole, { outputs });
    const made = new Set([...body.graph.initializers, ...body.graph.inputs].map((value) => value.name));
    for (const node of body.graph.nodes) {
      for (const read of node.inputs) if (read !== '') expect(made, `${name}: ${read}`).toContain(read);
      for (const output of node.outputs) made.add(output);
    }
  });

  /** A block whose parts `add` adds to the stream. */
  function oneBlock(add: (builder: GraphBuilder, stream: string, attended: string) => string): OnnxModel {
    const builder = new GraphBuilder();
    const tokens = builder.input('input_ids', DataType.INT64, ['b', 's']);
    const table = builder.constant(new Float32Array(24), [6, 4], { name: 'table' });
    const embedded = builder.node('Gather', [table, tokens]);
    const attended = builder.node('MultiHeadAttention', [embedded, embedded, embedded], {
      domain: 'com.microsoft',
      attributes: { num_heads: int(2) },
    });
    const scale = builder.constant(new Float32Array(4), [4], { name: 'scale' });
    const hidden = builder.node('LayerNormalization', [add(builder, embedded, attended), scale]);
    const head = builder.constant(new Float32Array(24), [4, 6], { name: 'head' });
    builder.node('MatMul', [hidden, head], { outputs: ['logits'] });
    builder.output('logits', DataType.FLOAT, ['b', 's', 6]);
    return builder.build({ opset: 18, domains: { 'com.microsoft': 1 } });
  }
  const sum = (builder: GraphBuilder, ...terms: [string, string]): string => builder.node('Add', terms);

  it('says which block adds no MLP, and why several are not told apart', () => {
    const without = findBlockStates(oneBlock(sum));
    expect(isSakeError(without.mlp) && without.mlp.message).toMatch(/block 0 .* takes no part in, got none/);
    expect(without.attention).toHaveLength(1);
    const several = findBlockStates(
      oneBlock((builder, stream, attended) => {
        const middle = sum(builder, stream, attended);
        const once = sum(builder, middle, builder.node('Tanh', [middle], { outputs: ['expert_a'] }));
        return sum(builder, once, builder.node('Sigmoid', [once], { outputs: ['expert_b'] }));
      }),
    );
    expect(isSakeError(several.mlp) && several.mlp.message).toMatch(/got several: "expert_a", "expert_b"/);
    expect(isSakeError(several.mlp) && several.mlp.details).toEqual({ layer: 0, kind: 'mlp' });
  });

  it('refuses a part that something else reads too', () => {
    const { attention } = findBlockStates(
      oneBlock((builder, stream, attended) => {
        builder.node('Neg', [attended]);
        return sum(builder, stream, attended);
      }),
    );
    expect(isSakeError(attention) && attention.message).toMatch(/which is read by Neg .*, Add /);
  });
});
