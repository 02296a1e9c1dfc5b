import { SakeError, validateEditRequest, type EditRequest, type Json, type Provenance } from '@sakejs/spec';
import { z } from 'zod';

/** What every edit has, whatever its kind. */
export interface EditIdentity {
  readonly id: string;
  readonly request: EditRequest;
  readonly provenance: Provenance;
}

/** How a map or a scope is loaded again. */
export interface PartMetadata {
  readonly kind: string;
  readonly version: number;
  /** The npm package or file that offers the kind. */
  readonly module: string;
  readonly meta: Readonly<Record<string, Json>>;
}

/** The header texts of an edit file. */
export interface EditHeader {
  readonly kind: string;
  readonly version: string;
  /** The npm package that offers the kind of edit, where the file names one. */
  readonly module: string | undefined;
  has(name: string): boolean;
  /** @throws {SakeError} `invalid-file` for a text that is missing, no JSON or not as the schema wants it. */
  parse<T>(name: string, schema: z.ZodType<T>): T;
  /** @throws {SakeError} `invalid-file`. */
  identity(): EditIdentity;
}

const FORMAT = 'sakejs-edit';

const text = z.string().min(1);
const count = z.int().nonnegative();
const jsonObject = z.record(z.string(), z.json());

const requestSchema = z.strictObject({
  subject: text,
  prompt: text,
  targetTrue: text,
  targetNew: text,
  relation: text.exactOptional(),
});

const provenanceSchema = z.strictObject({
  method: text,
  createdAt: z.iso.datetime(),
  model: z.strictObject({ id: z.string(), sha256: z.string() }),
  seed: z.number(),
  prompts: z.strictObject({ count, source: jsonObject }),
  rows: z.strictObject({ source: count, target: count, obeying: count }),
  versions: z.record(z.string(), z.string()),
  settings: jsonObject.exactOptional(),
});

/** What {@link PartMetadata} has to be. */
export const partSchema: z.ZodObject<
  {
    kind: z.ZodString;
    version: z.ZodInt;
    module: z.ZodString;
    meta: z.ZodRecord<z.ZodString, z.ZodJSONSchema>;
  },
  z.core.$strict
> = z.strictObject({ kind: text, version: z.int().positive(), module: text, meta: jsonObject });

/** JSON with sorted keys, so that equal values are equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** The header texts that every edit has. */
export function toHeader(
  kind: string,
  version: string,
  { id, request, provenance }: EditIdentity,
): Record<string, string> {
  return {
    format: FORMAT,
    formatVersion: version,
    kind,
    id,
    request: canonicalJson(request),
    provenance: canonicalJson(provenance),
  };
}

/**
 * Opens the header texts of an edit file.
 *
 * @throws {SakeError} `invalid-file` for another format, or without kind and version.
 */
export function fromHeader(header: Readonly<Record<string, string>>, file: string): EditHeader {
  const optional = (name: string): string | undefined =>
    Object.hasOwn(header, name) ? header[name] : undefined;
  const field = (name: string): string => {
    const value = optional(name);
    if (value === undefined) throw invalid(file, `header text '${name}', got none`);
    return value;
  };
  const parse = <T>(name: string, schema: z.ZodType<T>): T => {
    let value: unknown;
    try {
      value = JSON.parse(field(name));
    } catch (cause) {
      throw invalid(file, `JSON in the header text '${name}', got other text`, cause);
    }
    const result = schema.safeParse(value);
    if (!result.success)
      throw invalid(file, `a well-formed '${name}', got: ${z.prettifyError(result.error)}`, result.error);
    return result.data;
  };
  if (field('format') !== FORMAT)
    throw invalid(file, `format '${FORMAT}', got ${JSON.stringify(header['format'])}`);
  return {
    version: field('formatVersion'),
    kind: field('kind'),
    module: optional('module'),
    has: (name) => optional(name) !== undefined,
    parse,
    identity: () => ({
      id: field('id'),
      request: checkRequest(parse('request', requestSchema), file),
      provenance: parse('provenance', provenanceSchema),
    }),
  };
}

/** An `invalid-file` error that names the file. */
export function invalid(file: string, expectation: string, cause?: unknown): SakeError {
  return new SakeError(
    'invalid-file',
    `edit file ${file}: expected ${expectation}; restore it from a copy or learn the edit again`,
    { details: { file }, cause },
  );
}

function checkRequest(request: EditRequest, file: string): EditRequest {
  try {
    return validateEditRequest(request);
  } catch (cause) {
    throw invalid(
      file,
      `a valid request, got: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  }
}
