import { createRandom } from '@sakejs/spec';
import type { DecoderConfig, DecoderWeight } from '../src/index.js';
import { decoderWeights } from '../src/index.js';
import { plainRope } from './plain-forward-rope.js';

type Rows = number[][];

/** Weights of plausible size: norms near 1, the rest small; the same for the same seed. */
export function randomWeights(config: DecoderConfig, seed = 1): Map<string, DecoderWeight> {
  const random = createRandom(seed);
  return new Map(
    decoderWeights(config).map(({ name, shape, role }) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const centre = role === 'scale' ? 1 : 0;
      const data = Float32Array.from({ length: count }, () => centre + 0.3 * random.normal());
      return [name, { shape, data }];
    }),
  );
}

export interface Forward {
  /** After each block. */
  residuals: Rows[];
  hidden: Rows;
  logits: Rows;
}

/** A decoder's forward pass over one sequence in plain float64 loops, written from the papers' formulas. */
export function plainForward(
  config: DecoderConfig,
  weights: ReadonlyMap<string, DecoderWeight>,
  ids: readonly number[],
  positions: readonly number[] = ids.map((_, i) => i),
): Forward {
  const { heads, kvHeads, headDim, normEpsilon } = config;
  const llama = config.family === 'llama';
  const gpt2 = config.family === 'gpt2';
  const at = (name: string): DecoderWeight => weights.get(name)!;
  const row = (name: string, index: number): number[] => {
    const { shape, data } = at(name);
    return Array.from(data.subarray(index * shape[1]!, (index + 1) * shape[1]!));
  };
  const add = (a: number[], b: number[]): number[] => a.map((value, i) => value + b[i]!);
  const linear = (x: Rows, name: string): Rows => {
    const { shape, data } = at(`${name}.weight`);
    const bias = weights.get(`${name}.bias`)?.data;
    const [from, to] = gpt2 ? [shape[0]!, shape[1]!] : [shape[1]!, shape[0]!];
    return x.map((input) =>
      Array.from({ length: to }, (_, o) => {
        let sum = bias?.[o] ?? 0;
        for (let i = 0; i < from; i++) sum += input[i]! * data[gpt2 ? i * to + o : o * from + i]!;
        return sum;
      }),
    );
  };
  const norm = (x: Rows, name: string): Rows =>
    x.map((input) => {
      const mean = llama ? 0 : input.reduce((sum, value) => sum + value, 0) / input.length;
      const variance = input.reduce((sum, value) => sum + (value - mean) ** 2, 0) / input.length;
      const scale = at(`${name}.weight`).data;
      const bias = weights.get(`${name}.bias`)?.data;
      return input.map(
        (value, i) => ((value - mean) / Math.sqrt(variance + normEpsilon)) * scale[i]! + (bias?.[i] ?? 0),
      );
    });
  const rope = (x: Rows, count: number): Rows =>
    x.map((input, t) => (config.family === 'gpt2' ? input : plainRope(config, input, count, positions[t]!)));
  /** RMSNorm of each head by itself. */
  const headNorm = (x: Rows, name: string, count: number): Rows =>
    x.map((input) =>
      Array.from(
        { length: count },
        (_, head) => norm([input.slice(head * headDim, (head + 1) * headDim)], name)[0]!,
      ).flat(),
    );
  const scoreDivisor = (layer: number): number => {
    if (config.family !== 'gpt2') return Math.sqrt(headDim);
    return (
      (config.scaleScores === false ? 1 : Math.sqrt(headDim)) * (config.scaleScoresByLayer ? layer + 1 : 1)
    );
  };
  const windowOf = (layer: number): number => {
    const window = config.family === 'llama' ? config.slidingWindow : undefined;
    return window?.layers.includes(layer) ? window.size : Infinity;
  };
  const attend = (layer: number, queries: Rows, keys: Rows, values: Rows): Rows =>
    queries.map((query, t) => {
      const oldest = Math.max(0, t + 1 - windowOf(layer));
      const mixed: number[] = [];
      for (let head = 0; head < heads; head++) {
        const group = Math.floor(head / (heads / kvHeads));
        const scores = keys.slice(oldest, t + 1).map((key) => {
          let dot = 0;
          for (let j = 0; j < headDim; j++) dot += query[head * headDim + j]! * key[group * headDim + j]!;
          return dot / scoreDivisor(layer);
        });
        const largest = Math.max(...scores);
        const exps = scores.map((score) => Math.exp(score - largest));
        const total = exps.reduce((sum, value) => sum + value, 0);
        for (let j = 0; j < headDim; j++)
          mixed.push(
            exps.reduce(
              (sum, value, s) => sum + (value / total) * values[oldest + s]![group * headDim + j]!,
              0,
            ),
          );
      }
      return mixed;
    });
  const columns = (x: Rows, from: number, to: number): Rows => x.map((input) => input.slice(from, to));

  let x = ids.map((id) => row(llama ? 'model.embed_tokens.weight' : 'transformer.wte.weight', id));
  if (gpt2) x = x.map((input, t) => add(input, row('transformer.wpe.weight', positions[t]!)));
  const residuals: Rows[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    const block = llama ? `model.layers.${layer}` : `transformer.h.${layer}`;
    const normed = norm(x, llama ? `${block}.input_layernorm` : `${block}.ln_1`);
    let [queries, keys, values]: [Rows, Rows, Rows] = [[], [], []];
    if (!gpt2) {
      const attn = llama ? `${block}.self_attn` : `${block}.attn`;
      queries = linear(normed, `${attn}.q_proj`);
      keys = linear(normed, `${attn}.k_proj`);
      if (llama && config.queryKeyNorm) {
        queries = headNorm(queries, `${attn}.q_norm`, heads);
        keys = headNorm(keys, `${attn}.k_norm`, kvHeads);
      }
      queries = rope(queries, heads);
      keys = rope(keys, kvHeads);
      values = linear(normed, `${attn}.v_proj`);
    } else {
      const width = heads * headDim;
      const packed = linear(normed, `${block}.attn.c_attn`);
      [queries, keys, values] = [0, 1, 2].map((part) =>
        columns(packed, part * width, (part + 1) * width),
      ) as [Rows, Rows, Rows];
    }
    const attended = attend(layer, queries, keys, values);
    if (config.family === 'gptj') {
      const wide = linear(normed, `${block}.mlp.fc_in`).map((input) =>
        input.map((value) => plainActivation(config.activation, value)),
      );
      const [mixed, fed] = [linear(attended, `${block}.attn.out_proj`), linear(wide, `${block}.mlp.fc_out`)];
      x = x.map((input, t) => add(input, add(mixed[t]!, fed[t]!)));
      residuals.push(x);
      continue;
    }
    const mixed = linear(attended, llama ? `${block}.self_attn.o_proj` : `${block}.attn.c_proj`);
    x = x.map((input, t) => add(input, mixed[t]!));
    const renormed = norm(x, llama ? `${block}.post_attention_layernorm` : `${block}.ln_2`);
    const active = linear(renormed, llama ? `${block}.mlp.gate_proj` : `${block}.mlp.c_fc`).map((input) =>
      input.map((value) => plainActivation(config.activation, value)),
    );
    const gate = llama ? linear(renormed, `${block}.mlp.up_proj`) : undefined;
    const gated = gate ? active.map((input, t) => input.map((value, i) => value * gate[t]![i]!)) : active;
    const fed = linear(gated, llama ? `${block}.mlp.down_proj` : `${block}.mlp.c_proj`);
    x = x.map((input, t) => add(input, fed[t]!));
    residuals.push(x);
  }
  const hidden = norm(x, llama ? 'model.norm' : 'transformer.ln_f');
  const head = config.tieWordEmbeddings
    ? llama
      ? 'model.embed_tokens.weight'
      : 'transformer.wte.weight'
    : 'lm_head.weight';
  const logits = hidden.map((state) =>
    Array.from({ length: config.vocabularySize }, (_, token) =>
      row(head, token).reduce(
        (sum, value, i) => sum + value * state[i]!,
        weights.get('lm_head.bias')?.data[token] ?? 0,
      ),
    ),
  );
  return { residuals, hidden, logits };
}

/** Activations by their definitions. */
export function plainActivation(name: string, x: number): number {
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
  switch (name) {
    case 'gelu':
    case 'gelu_python':
      return x * normalDistribution(x);
    case 'gelu_new':
    case 'gelu_fast':
    case 'gelu_pytorch_tanh':
      return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    case 'quick_gelu':
      return x * sigmoid(1.702 * x);
    case 'relu':
      return Math.max(x, 0);
    case 'relu2':
      return Math.max(x, 0) ** 2;
    case 'sigmoid':
      return sigmoid(x);
    case 'silu':
    case 'swish':
      return x * sigmoid(x);
    case 'tanh':
      return Math.tanh(x);
    default:
      throw new Error(`no formula for ${name}`);
  }
}

/** Φ(x) by its Taylor series about 0, which converges everywhere and to 1e-15 for |x| < 6. */
function normalDistribution(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= -(x * x) / (2 * n);
    sum += term / (2 * n + 1);
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI);
}
