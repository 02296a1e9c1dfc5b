import { SakeError } from '@sakejs/spec';
import { z } from 'zod';
import type { GenaiConfig } from './genai-config.js';

const count = z.number().int().positive();
const optionalCount = count.nullish();
const tokenIds = z.union([z.number().int().nonnegative(), z.array(z.number().int().nonnegative())]).nullish();

/** Names under which families keep a size, the first that is there counts. */
const NAMES = {
  // What the LM head reads may be narrower than the blocks.
  hiddenSize: ['word_embed_proj_dim', 'hidden_size', 'n_embd', 'd_model'],
  width: ['hidden_size', 'n_embd', 'd_model'],
  layers: ['num_hidden_layers', 'n_layer', 'n_layers', 'num_layers'],
  heads: ['num_attention_heads', 'n_head', 'n_heads', 'num_heads'],
  positions: ['max_position_embeddings', 'n_positions', 'n_ctx', 'max_seq_len', 'seq_length'],
} as const;

const sizeFields = Object.fromEntries(
  Object.values(NAMES)
    .flat()
    .map((name) => [name, optionalCount]),
) as Record<string, typeof optionalCount>;

const configSchema = z.looseObject({
  model_type: z.string().nullish(),
  vocab_size: optionalCount,
  num_key_value_heads: optionalCount,
  head_dim: optionalCount,
  eos_token_id: tokenIds,
  ...sizeFields,
});

const generationConfigSchema = z.looseObject({ eos_token_id: tokenIds });

/** Sizes of a cache, where something says them. */
export interface CacheSizes {
  readonly keyValueHeads?: number;
  readonly headSize?: number;
}

/** What is known of a model besides its graph, under one set of names. */
export interface ModelConfig extends CacheSizes {
  readonly family: string;
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly maxPositions: number;
  /** Tokens that end a text. */
  readonly eosTokens: ReadonlySet<number>;
}

/** What a model's graph tells of its sizes. */
export interface GraphSizes {
  readonly hiddenSize: number;
  readonly vocabularySize: number;
  /** Undefined where neither residual streams nor a cache show it. */
  readonly layers: number | undefined;
}

/** What a folder says of its model, before its graph is read. */
export interface StatedConfig {
  /** `config.json`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** `generation_config.json`. */
  readonly generation?: Readonly<Record<string, unknown>>;
  /** Where `generation` came from, for messages. Default: beside `file`. */
  readonly generationFile?: string;
  readonly genai?: GenaiConfig;
  /** `model_max_length` of the tokenizer's config. */
  readonly tokenizerLimit?: number;
  /** Where `config` came from, for messages. */
  readonly file: string;
}

/** The positions of a model for which nothing says them. */
export const UNSTATED_POSITIONS = 2048;

/** Longest texts that tokenizers claim and models have; beyond it is a number that stands for no limit. */
const LARGEST_LIMIT = 2 ** 24;

function parse<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalid(
    file,
    result.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`),
  );
}

function invalid(file: string, problems: readonly string[]): SakeError {
  return new SakeError(
    'invalid-file',
    `loadCausalLM: expected ${file} to describe a decoder, got ${problems.join('; ')}`,
    { details: { file, problems } },
  );
}

type Config = z.infer<typeof configSchema>;

function sizeOf(config: Config | undefined, size: keyof typeof NAMES): number | undefined {
  for (const name of NAMES[size]) {
    const value = config?.[name];
    if (typeof value === 'number') return value;
  }
  return undefined;
}

/**
 * What a model's files say of it: `config.json` first, in the names of its family, then `genai_config.json`, then the
 * graph; end tokens from `generation_config.json` before the others. A language model inside a larger one is described
 * by its `text_config`.
 *
 * Positions that nothing says are what the tokenizer's config says, then {@link UNSTATED_POSITIONS}.
 *
 * @throws {SakeError} `invalid-file` naming every missing or wrong field of `config.json`.
 */
export function resolveConfig(stated: StatedConfig, graph: GraphSizes): ModelConfig {
  const { genai, file, tokenizerLimit } = stated;
  const config = stated.config && parse(configSchema, flattened(stated.config), file);
  const generation = parse(
    generationConfigSchema,
    stated.generation ?? {},
    stated.generationFile ?? file.replace(/config\.json$/, 'generation_config.json'),
  );
  const decoder = genai?.decoder;
  const hiddenSize = sizeOf(config, 'hiddenSize') ?? decoder?.hidden_size;
  const heads = sizeOf(config, 'heads');
  // Heads share the blocks' width, which is not always what the LM head reads.
  const width = sizeOf(config, 'width') ?? hiddenSize;
  if (config && !config.head_dim && heads !== undefined && width !== undefined && width % heads !== 0)
    throw invalid(file, ['num_attention_heads: does not divide the hidden size']);
  const keyValueHeads = config?.num_key_value_heads ?? decoder?.num_key_value_heads ?? heads;
  const headSize =
    config?.head_dim ??
    decoder?.head_size ??
    (heads === undefined || width === undefined ? undefined : width / heads);
  const layers = sizeOf(config, 'layers') ?? decoder?.num_hidden_layers ?? graph.layers;
  if (layers === undefined)
    throw new SakeError(
      'unsupported',
      `loadCausalLM: expected the number of blocks in config.json, genai_config.json or the graph, got none; add ` +
        `a config.json with num_hidden_layers`,
      { details: { file } },
    );
  const limit =
    tokenizerLimit !== undefined &&
    Number.isInteger(tokenizerLimit) &&
    tokenizerLimit > 0 &&
    tokenizerLimit <= LARGEST_LIMIT
      ? tokenizerLimit
      : UNSTATED_POSITIONS;
  return {
    family: config?.model_type ?? genai?.type ?? 'unknown',
    vocabularySize: config?.vocab_size ?? genai?.vocab_size ?? graph.vocabularySize,
    hiddenSize: hiddenSize ?? graph.hiddenSize,
    layers,
    ...(keyValueHeads !== undefined && { keyValueHeads }),
    ...(headSize !== undefined && { headSize }),
    maxPositions: sizeOf(config, 'positions') ?? genai?.context_length ?? limit,
    eosTokens: new Set([generation.eos_token_id ?? config?.eos_token_id ?? genai?.eos_token_id ?? []].flat()),
  };
}

/** The fields of `text_config` in place of those around them, under the family's own name. */
function flattened(config: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const text = config['text_config'];
  if (typeof text !== 'object' || text === null) return config;
  return { ...config, ...text, model_type: config['model_type'] };
}
