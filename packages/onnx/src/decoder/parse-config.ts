import { SakeError } from '@sakejs/spec';
import { activationNames, isActivationName, type ActivationName } from './activation.js';
import type { DecoderConfig, Gpt2Config, LlamaConfig } from './config.js';

type Source = Readonly<Record<string, unknown>>;

const PARSERS: Readonly<Record<string, (source: Source) => DecoderConfig>> = {
  gpt2: parseGpt2,
  llama: (source) => parseLlama(source, false),
  mistral: (source) => parseLlama(source, false),
  qwen2: (source) => parseLlama(source, true),
};

/**
 * Reads a Hugging Face `config.json` of the GPT-2 or LLaMA family (gpt2, llama, mistral, qwen2).
 *
 * Fields that are absent take the defaults of the `transformers` library.
 * @throws {SakeError} `invalid-file` for missing or impossible values; `unsupported` for other model types,
 *   activations and position scalings, naming those that are known.
 */
export function parseDecoderConfig(source: unknown): DecoderConfig {
  if (typeof source !== 'object' || source === null || Array.isArray(source))
    throw new SakeError('invalid-file', 'parseDecoderConfig: expected a JSON object, got another value');
  const fields = source as Source;
  const type = fields['model_type'];
  const parser = typeof type === 'string' && Object.hasOwn(PARSERS, type) ? PARSERS[type] : undefined;
  if (parser === undefined) throw unsupported('model_type', Object.keys(PARSERS), type);
  const config = parser(fields);
  if (config.heads % config.kvHeads !== 0)
    throw invalid('num_key_value_heads', `a divisor of ${config.heads} heads`, config.kvHeads);
  return config;
}

function parseGpt2(source: Source): Gpt2Config {
  refuse(source, 'scale_attn_weights', [undefined, true]);
  refuse(source, 'scale_attn_by_inverse_layer_idx', [undefined, false]);
  refuse(source, 'add_cross_attention', [undefined, false]);
  const hiddenSize = size(source, 'n_embd', 768);
  const heads = size(source, 'n_head', 12);
  return {
    family: 'gpt2',
    hiddenSize,
    layers: size(source, 'n_layer', 12),
    heads,
    kvHeads: heads,
    headDim: quotient('n_embd', hiddenSize, heads),
    intermediateSize: size(source, 'n_inner', 4 * hiddenSize),
    vocabularySize: size(source, 'vocab_size', 50257),
    maxPositions: size(source, 'n_positions', 1024),
    normEpsilon: positive(source, 'layer_norm_epsilon', 1e-5),
    activation: activation(source, 'activation_function', 'gelu_new'),
    tieWordEmbeddings: flag(source, 'tie_word_embeddings', true),
  };
}

function parseLlama(source: Source, qwen2: boolean): LlamaConfig {
  refuse(source, 'rope_scaling', [undefined, null]);
  refuse(source, 'use_sliding_window', [undefined, null, false]);
  // Qwen2 writes a window's length even where it uses none.
  if (!qwen2) refuse(source, 'sliding_window', [undefined, null]);
  const attentionBias = flag(source, 'attention_bias', false);
  const hiddenSize = size(source, 'hidden_size');
  const heads = size(source, 'num_attention_heads');
  return {
    family: 'llama',
    hiddenSize,
    layers: size(source, 'num_hidden_layers'),
    heads,
    kvHeads: size(source, 'num_key_value_heads', heads),
    headDim: even(
      'head_dim',
      isGiven(source, 'head_dim') ? size(source, 'head_dim') : quotient('hidden_size', hiddenSize, heads),
    ),
    intermediateSize: size(source, 'intermediate_size'),
    vocabularySize: size(source, 'vocab_size'),
    maxPositions: size(source, 'max_position_embeddings', 2048),
    normEpsilon: positive(source, 'rms_norm_eps', 1e-6),
    activation: activation(source, 'hidden_act', 'silu'),
    tieWordEmbeddings: flag(source, 'tie_word_embeddings', false),
    ropeTheta: ropeTheta(source),
    qkvBias: qwen2 || attentionBias,
    attentionOutputBias: !qwen2 && attentionBias,
    mlpBias: flag(source, 'mlp_bias', false),
  };
}

/** Newer files nest the base frequency in `rope_parameters`. */
function ropeTheta(source: Source): number {
  const nested = source['rope_parameters'];
  if (typeof nested !== 'object' || nested === null) return positive(source, 'rope_theta', 10_000);
  refuse(nested as Source, 'rope_type', [undefined, 'default']);
  return positive(nested as Source, 'rope_theta', 10_000);
}

function isGiven(source: Source, name: string): boolean {
  return source[name] !== undefined && source[name] !== null;
}

function size(source: Source, name: string, fallback?: number): number {
  const value = isGiven(source, name) ? source[name] : fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw invalid(name, 'a positive integer', value);
}

function positive(source: Source, name: string, fallback: number): number {
  const value = source[name] ?? fallback;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw invalid(name, 'a positive number', value);
}

function flag(source: Source, name: string, fallback: boolean): boolean {
  const value = source[name] ?? fallback;
  if (typeof value === 'boolean') return value;
  throw invalid(name, 'true or false', value);
}

function activation(source: Source, name: string, fallback: ActivationName): ActivationName {
  const value = source[name] ?? fallback;
  if (isActivationName(value)) return value;
  throw unsupported(name, activationNames, value);
}

function quotient(name: string, total: number, parts: number): number {
  if (total % parts === 0) return total / parts;
  throw invalid(name, `a multiple of ${parts} heads`, total);
}

function even(name: string, value: number): number {
  if (value % 2 === 0) return value;
  throw invalid(name, 'an even width, as rotary positions need', value);
}

function refuse(source: Source, name: string, known: readonly unknown[]): void {
  if (!known.includes(source[name])) throw unsupported(name, known.map(describe), source[name]);
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function invalid(name: string, expected: string, got: unknown): SakeError {
  return new SakeError(
    'invalid-file',
    `parseDecoderConfig: expected ${expected} for "${name}", got ${describe(got)}`,
  );
}

function unsupported(name: string, known: readonly string[], got: unknown): SakeError {
  return new SakeError(
    'unsupported',
    `parseDecoderConfig: expected one of ${known.join(', ')} for "${name}", got ${describe(got)}`,
  );
}
