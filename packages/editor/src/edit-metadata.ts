import { SakeError, validateEditRequest, type EditRequest, type Json, type Provenance } from '@sakejs/spec';
import { z } from 'zod';

/** What stands in the header of an edit file beside its tensors. */
export interface EditMetadata {
  readonly id: string;
  readonly request: EditRequest;
  readonly provenance: Provenance;
  readonly map: PartMetadata;
  readonly scope: PartMetadata;
  /** Maps of later tokens, in order; absent where the edit has none. */
  readonly later?: readonly LaterMetadata[];
}

/** How a map or a scope is loaded again. */
export interface PartMetadata {
  readonly kind: string;
  readonly version: number;
  /** The npm package or file that offers the kind. */
  readonly module: string;
  readonly meta: Readonly<Record<string, Json>>;
}

/** As a map, with the tokens behind which it applies. */
export interface LaterMetadata extends PartMetadata {
  readonly after: readonly number[];
}

const FORMAT = 'sakejs-edit';
/** Edits with maps of later tokens are of version 2, so that older releases refuse them by name; others stay as they were. */
const PLAIN_VERSION = '1';
const LATER_VERSION = '2';

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

const partSchema = z.strictObject({
  kind: text,
  version: z.int().positive(),
  module: text,
  meta: jsonObject,
});

const laterSchema = z
  .array(partSchema.extend({ after: z.array(count).min(1) }))
  .min(1)
  .refine((maps) => maps.every(({ after }, at) => after.length > (maps[at - 1]?.after.length ?? 0)), {
    message: 'expected the maps in the order of the tokens before them',
  });

/** JSON with sorted keys, so that equal values are equal texts. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** The header texts of an edit: everything structured is JSON. */
export function toHeader(metadata: EditMetadata): Record<string, string> {
  return {
    format: FORMAT,
    formatVersion: metadata.later === undefined ? PLAIN_VERSION : LATER_VERSION,
    kind: 'map',
    id: metadata.id,
    request: canonicalJson(metadata.request),
    provenance: canonicalJson(metadata.provenance),
    map: canonicalJson(metadata.map),
    scope: canonicalJson(metadata.scope),
    ...(metadata.later !== undefined && { later: canonicalJson(metadata.later) }),
  };
}

/**
 * Checks header texts and gives back what they say.
 *
 * @throws {SakeError} `invalid-file` for what is missing or malformed, `unsupported` for a newer format or
 * another kind of edit.
 */
export function fromHeader(header: Readonly<Record<string, string>>, file: string): EditMetadata {
  const field = (name: string): string => {
    const value = Object.hasOwn(header, name) ? header[name] : undefined;
    if (value === undefined) throw invalid(file, `header text '${name}', got none`);
    return value;
  };
  if (field('format') !== FORMAT)
    throw invalid(file, `format '${FORMAT}', got ${JSON.stringify(header['format'])}`);
  const version = field('formatVersion');
  if ((version !== PLAIN_VERSION && version !== LATER_VERSION) || field('kind') !== 'map')
    throw new SakeError(
      'unsupported',
      `edit file ${file}: expected an edit of kind 'map' in format version ${PLAIN_VERSION} or ${LATER_VERSION}, got kind ${JSON.stringify(header['kind'])} in version ${JSON.stringify(header['formatVersion'])}; a newer release of @sakejs/editor may read it`,
      { details: { file } },
    );
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
  return {
    id: field('id'),
    request: checkRequest(parse('request', requestSchema), file),
    provenance: parse('provenance', provenanceSchema),
    map: parse('map', partSchema),
    scope: parse('scope', partSchema),
    ...(version === LATER_VERSION && { later: parse('later', laterSchema) }),
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
