import { SakeError } from '@sakejs/spec';
import { devices, graphDtypes, type GraphDtype } from 'sakejs';
import { z } from 'zod';

/** What every command that opens a library takes. */
export const libraryOptions = {
  library: z.string().min(1, 'expected a folder'),
  with: z.array(z.string()).default([]),
  json: z.boolean().default(false),
};

/** Which graph of a model runs, and on what. */
export const graphOptions = {
  dtype: z
    .enum(graphDtypes as [GraphDtype, ...GraphDtype[]], `expected one of ${graphDtypes.join(', ')}`)
    .optional(),
  file: z.string().min(1, 'expected a file').optional(),
  hiddenTensor: z.string().min(1, 'expected the name of a tensor').optional(),
  device: z.enum(devices, `expected one of ${devices.join(', ')}`).optional(),
  threads: wholeNumber(1),
};

export const modelOptions = {
  model: z.string().min(1, 'expected embedded, a folder or a hub id'),
  ...graphOptions,
};

export const counterfactualOption = {
  counterfactual: z.string().min(1, 'expected embedded, a folder or a hub id').optional(),
};

export const replaceOption = { replace: z.boolean().default(false) };

/** A whole number of at least `least`. */
export function wholeNumber(least: number): z.ZodInt {
  const message = `expected a whole number of at least ${least}`;
  return z.int(message).min(least, message);
}

/** @throws {SakeError} `invalid-option` with every complaint, by flag. */
export function parseOptions<T>(schema: z.ZodType<T>, raw: unknown, command: string): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map(({ path, message }) => `${flagOf(path)}: ${message}`);
  throw new SakeError(
    'invalid-option',
    `sake ${command}: ${[...new Set(complaints)].join('; ')}; see sake ${command} --help`,
  );
}

/** `['maxTokens']` -> `--max-tokens` */
function flagOf([name]: readonly PropertyKey[]): string {
  return `--${String(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
