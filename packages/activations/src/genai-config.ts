import { SakeError } from '@sakejs/spec';
import { z } from 'zod';
import { readCompanion } from './companion-file.js';

const count = z.number().int().positive();

/** What onnxruntime-genai's `genai_config.json` says of a model, as the file names it. */
export interface GenaiConfig {
  readonly type?: string | undefined;
  readonly vocab_size?: number | undefined;
  readonly context_length?: number | undefined;
  readonly eos_token_id?: number | number[] | null | undefined;
  readonly decoder?:
    | {
        readonly filename?: string | undefined;
        readonly hidden_size?: number | undefined;
        readonly num_hidden_layers?: number | undefined;
        readonly num_key_value_heads?: number | undefined;
        readonly head_size?: number | undefined;
      }
    | undefined;
}

const schema: z.ZodType<{ model: GenaiConfig }> = z.object({
  model: z.looseObject({
    type: z.string().optional(),
    vocab_size: count.optional(),
    context_length: count.optional(),
    eos_token_id: z
      .union([z.number().int().nonnegative(), z.array(z.number().int().nonnegative())])
      .nullish(),
    decoder: z
      .looseObject({
        filename: z.string().min(1).optional(),
        hidden_size: count.optional(),
        num_hidden_layers: count.optional(),
        num_key_value_heads: count.optional(),
        head_size: count.optional(),
      })
      .optional(),
  }),
});

/**
 * Reads the `genai_config.json` of the first of the folders that has one.
 *
 * @returns undefined where none has.
 * @throws {SakeError} `invalid-file` for one that is not JSON or whose fields are of other types; `io`.
 */
export async function readGenaiConfig(folders: readonly string[]): Promise<GenaiConfig | undefined> {
  const found = await readCompanion(folders, 'genai_config.json');
  if (found === undefined) return undefined;
  const { file, bytes } = found;
  const refuse = (got: string, cause?: unknown): SakeError =>
    new SakeError('invalid-file', `loadCausalLM: expected ${file} to describe a decoder, got ${got}`, {
      details: { file },
      cause,
    });
  let value: unknown;
  try {
    // Which leaves out the byte order mark that editors of some systems put in front.
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw refuse((cause as Error).message, cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data.model;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`);
  throw refuse(problems.join('; '));
}
