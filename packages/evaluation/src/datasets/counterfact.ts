import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SakeError, type EditRequest } from '@sakejs/spec';
import { z } from 'zod';

const object = z.looseObject({ str: z.string().trim().min(1) });
const prompts = z.array(z.string().min(1));

const rawRecord = z.looseObject({
  case_id: z.number().int(),
  requested_rewrite: z.looseObject({
    prompt: z
      .string()
      .refine((prompt) => prompt.split('{}').length === 2, "must hold '{}' once, where the subject goes"),
    relation_id: z.string().optional(),
    subject: z.string().trim().min(1),
    target_new: object,
    target_true: object,
  }),
  paraphrase_prompts: prompts.min(1, 'must hold at least one paraphrase prompt'),
  neighborhood_prompts: prompts.min(1, 'must hold at least one neighbourhood prompt'),
  attribute_prompts: prompts.optional(),
  generation_prompts: prompts.optional(),
});

/** A record of CounterFact (Meng et al. 2022). */
export interface CounterFactRecord {
  readonly caseId: number;
  readonly request: EditRequest;
  readonly paraphrasePrompts: readonly string[];
  readonly neighborhoodPrompts: readonly string[];
  readonly attributePrompts: readonly string[];
  readonly generationPrompts: readonly string[];
}

/** Records with what identifies the file they came from. */
export interface CounterFactDataset {
  readonly name: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  /** Records in the file, before any limit. */
  readonly total: number;
  readonly records: readonly CounterFactRecord[];
}

export interface ReadCounterFactOptions {
  /** Only the first N records, in file order. */
  readonly limit?: number;
  /** The file's name in results and errors. */
  readonly name?: string;
}

/**
 * Parses a file in CounterFact's original schema: a JSON array of records.
 *
 * @throws {SakeError} `invalid-file` naming file, record number (from 0), case_id and field.
 */
export function parseCounterFact(
  bytes: Uint8Array,
  options: ReadCounterFactOptions = {},
): CounterFactDataset {
  const { limit, name = 'CounterFact' } = options;
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1))
    throw new SakeError('invalid-option', `parseCounterFact: expected a limit of at least 1, got ${limit}`);
  const fail = (message: string, cause?: unknown): never => {
    throw new SakeError('invalid-file', `parseCounterFact: ${name}: ${message}`, {
      cause,
      details: { file: name },
    });
  };
  if (bytes.length === 0) fail('expected a JSON array of records, got an empty file');
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    fail(`expected JSON, got a file that does not parse (${(cause as Error).message})`, cause);
  }
  if (!Array.isArray(json)) return fail('expected a JSON array of records, got another JSON value');
  if (json.length === 0) fail('expected at least one record, got an empty array');
  const records = json.slice(0, limit).map((value, index): CounterFactRecord => {
    const parsed = rawRecord.safeParse(value);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      const id = (value as { case_id?: unknown } | null)?.case_id;
      return fail(
        `record ${index}${id === undefined ? '' : ` (case_id ${String(id)})`}: ${issue.path.join('.') || 'record'}: ${issue.message}`,
      );
    }
    const { requested_rewrite: rewrite, ...rest } = parsed.data;
    if (rewrite.target_new.str === rewrite.target_true.str)
      fail(
        `record ${index} (case_id ${rest.case_id}): target_new equals target_true, ${JSON.stringify(rewrite.target_new.str)}`,
      );
    return {
      caseId: rest.case_id,
      request: {
        subject: rewrite.subject,
        prompt: rewrite.prompt,
        targetTrue: rewrite.target_true.str,
        targetNew: rewrite.target_new.str,
        ...(rewrite.relation_id === undefined ? {} : { relation: rewrite.relation_id }),
      },
      paraphrasePrompts: rest.paraphrase_prompts,
      neighborhoodPrompts: rest.neighborhood_prompts,
      attributePrompts: rest.attribute_prompts ?? [],
      generationPrompts: rest.generation_prompts ?? [],
    };
  });
  return { name, sha256: createHash('sha256').update(bytes).digest('hex'), total: json.length, records };
}

/**
 * Reads a file in CounterFact's original schema.
 *
 * @throws {SakeError} `not-found` without the file, else as {@link parseCounterFact}.
 */
export function readCounterFact(path: string, options: ReadCounterFactOptions = {}): CounterFactDataset {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new SakeError(
      'not-found',
      `readCounterFact: expected a file of records at ${path}, got none that can be read (${(cause as Error).message})`,
      { cause, details: { file: path } },
    );
  }
  return parseCounterFact(bytes, { name: path, ...options });
}
