import { SakeError } from '@sakejs/spec';
import { z } from 'zod';

const count = z.number().int().positive();
const tokenIds = z.union([z.number().int().nonnegative(), z.array(z.number().int().nonnegative())]).nullish();

const configSchema = z
  .looseObject({
    model_type: z.string(),
    vocab_size: count,
    hidden_size: count.optional(),
    n_embd: count.optional(),
    num_hidden_layers: count.optional(),
    n_layer: count.optional(),
    num_attention_heads: count.optional(),
    n_head: count.optional(),
    num_key_value_heads: count.nullish(),
    head_dim: count.nullish(),
    max_position_embeddings: count.optional(),
    n_positions: count.optional(),
    eos_token_id: tokenIds,
  })
  .refine((config) => config.hidden_size ?? config.n_embd, { path: ['hidden_size'], message: 'is missing' })
  .refine((config) => config.num_hidden_layers ?? config.n_layer, {
    path: ['num_hidden_layers'],
    message: 'is missing',
  })
  .refine((config) => config.num_attention_heads ?? config.n_head, {
    path: ['num_attention_heads'],
    message: 'is missing',
  })
  .refine((config) => config.max_position_embeddings ?? config.n_positions, {
    path: ['max_position_embeddings'],
    message: 'is missing',
  })
  .refine(
    ({ head_dim, hidden_size, n_embd, num_attention_heads, n_head }) =>
      head_dim || (hidden_size ?? n_embd ?? 0) % (num_attention_heads ?? n_head ?? 1) === 0,
    { path: ['num_attention_heads'], message: 'does not divide the hidden size' },
  );

const generationConfigSchema = z.looseObject({ eos_token_id: tokenIds });

/** What a model's `config.json` says, under one set of names. */
export interface ModelConfig {
  readonly family: string;
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly maxPositions: number;
  /** Tokens that end a text. */
  readonly eosTokens: ReadonlySet<number>;
}

function parse<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`);
  throw new SakeError(
    'invalid-file',
    `loadCausalLM: expected ${file} to describe a decoder, got ${problems.join('; ')}`,
    { details: { file, problems } },
  );
}

/**
 * Reads the fields of `config.json` (GPT-2's names or the later ones) and of `generation_config.json`.
 *
 * @param file where `config` came from, for messages.
 * @throws {SakeError} `invalid-file` naming every missing or wrong field.
 */
export function parseModelConfig(config: unknown, generationConfig: unknown, file: string): ModelConfig {
  const read = parse(configSchema, config, file);
  const generation = parse(
    generationConfigSchema,
    generationConfig ?? {},
    file.replace(/config\.json$/, 'generation_config.json'),
  );
  const hiddenSize = (read.hidden_size ?? read.n_embd)!;
  const heads = (read.num_attention_heads ?? read.n_head)!;
  return {
    family: read.model_type,
    vocabularySize: read.vocab_size,
    hiddenSize,
    layers: (read.num_hidden_layers ?? read.n_layer)!,
    keyValueHeads: read.num_key_value_heads ?? heads,
    headSize: read.head_dim ?? hiddenSize / heads,
    maxPositions: (read.max_position_embeddings ?? read.n_positions)!,
    eosTokens: new Set([generation.eos_token_id ?? read.eos_token_id ?? []].flat()),
  };
}
