import { SakeError } from '@sakejs/spec';
import type { DecoderConfig } from './config.js';
import { invalid, refuse, unsupported, type ConfigSource } from './config-fields.js';
import { parseGpt2, parseGptJ } from './parse-gpt.js';
import { parseLlama } from './parse-llama.js';

const PARSERS: Readonly<Record<string, (source: ConfigSource) => DecoderConfig>> = {
  gpt2: parseGpt2,
  gptj: parseGptJ,
  llama: (source) => parseLlama(source, 'llama'),
  mistral: (source) => parseLlama(source, 'mistral'),
  qwen2: (source) => parseLlama(source, 'qwen2'),
  qwen3: (source) => parseLlama(source, 'qwen3'),
};

/**
 * Reads a Hugging Face `config.json` of the GPT-2, GPT-J or LLaMA family (gpt2, gptj, llama, mistral, qwen2, qwen3).
 *
 * Fields that are absent take the defaults of the `transformers` library. Rotary positions may be scaled (linear,
 * llama3, yarn; dynamic, which changes nothing within the model's own positions), attention may have a sliding window.
 * @throws {SakeError} `invalid-file` for missing or impossible values; `unsupported` for other model types,
 *   activations, position scalings and quantized checkpoints, naming those that are known.
 */
export function parseDecoderConfig(source: unknown): DecoderConfig {
  if (typeof source !== 'object' || source === null || Array.isArray(source))
    throw new SakeError('invalid-file', 'parseDecoderConfig: expected a JSON object, got another value');
  const fields = source as ConfigSource;
  const type = fields['model_type'];
  const parser = typeof type === 'string' && Object.hasOwn(PARSERS, type) ? PARSERS[type] : undefined;
  if (parser === undefined) throw unsupported('model_type', Object.keys(PARSERS), type);
  refuse(fields, 'quantization_config', [undefined, null]);
  const config = parser(fields);
  if (config.heads % config.kvHeads !== 0)
    throw invalid('num_key_value_heads', `a divisor of ${config.heads} heads`, config.kvHeads);
  return config;
}
