import { readFileSync } from 'node:fs';
import { protocolNames } from '@sakejs/evaluation';
import { SakeError } from '@sakejs/spec';
import { z } from 'zod';
import { suiteNames } from '../bench-suites.js';
import { isModule, knownMethods } from '../method-entries.js';
import { methodSettingsSchema, straySettings } from '../method-settings.js';
import { graphFlags } from '../model-flags.js';
import { wholeNumber } from '../parse-options.js';
import { momentsFlags } from '../stats/own-moments.js';
import type { ProtocolChoice } from './suite-job.js';

/** Records of the doubt suite, as in the paper. */
export const DOUBT_LIMIT = 150;

const unique = <T>(items: readonly T[]): boolean => new Set(items).size === items.length;
const list = <T extends z.ZodType>(item: T): z.ZodArray<T> =>
  z.array(item).min(1).refine(unique, 'expected each once');

const protocolSchema = z.union([
  z.enum(protocolNames),
  z.strictObject({
    base: z.enum(protocolNames).describe('The protocol that the settings change'),
    live: z.enum(['own', 'all']).optional(),
    liveAtOnce: wholeNumber(1).optional(),
    closedGateSucceeds: z.boolean().optional(),
    doubtGate: z.enum(['open', 'method']).optional(),
    keepEdits: z.enum(['all', 'preferring-new']).optional(),
    preferenceTokens: z.enum(['bare', 'spaced']).optional(),
    aliasingCondition: z.enum(['mapped', 'unedited']).optional(),
    emptyTokenPasses: z.boolean().optional(),
  }),
]);

/** A grid of runs: every suite with every method on every model under every protocol with every seed. */
export const benchConfigSchema = z
  .strictObject({
    $schema: z.string().optional(),
    suites: list(z.enum(suiteNames)).default(['counterfact']),
    methods: list(
      z
        .string()
        .refine(
          (name) => knownMethods.includes(name) || isModule(name),
          `expected one of ${knownMethods.join(', ')}, or a module such as ./my-method.mjs`,
        ),
    ).default(['none', 'sake', 'sake-paper', 'uniform']),
    mapper: z
      .string()
      .min(1)
      .optional()
      .describe("A mapper in place of the methods' own: built-in, or a module"),
    settings: methodSettingsSchema
      .optional()
      .describe('Settings of built-in methods in place of their own, by the method: {"rome": {"layer": 3}}'),
    counterfactual: z
      .string()
      .min(1)
      .optional()
      .describe("The model that answers in scope of serac's edits; default: the edited one"),
    classifierEdits: wholeNumber(2)
      .optional()
      .describe('Edits that serac trains one scope classifier for all on; default: each trains its own'),
    corpus: momentsFlags.corpus.describe(
      'A file of texts that rome, memit and compmemit take moments of MLP keys from',
    ),
    corpusTokens: momentsFlags.corpusTokens.describe('Tokens that are read of it, or of the own text'),
    models: list(z.string().min(1))
      .default(['embedded'])
      .describe('embedded, folders of ONNX models, or hub ids'),
    dtype: graphFlags.dtype.describe(
      'Precision of the graph of each model; default: the most precise there is',
    ),
    file: graphFlags.file.describe("The graph's file in each model's folder"),
    hiddenTensor: graphFlags.hiddenTensor.describe(
      'The tensor that the LM head reads, where it is not found by itself',
    ),
    device: graphFlags.device.describe('What ONNX Runtime executes the models on; default: cpu'),
    protocols: list(protocolSchema).default(['paper']),
    seeds: list(wholeNumber(0)).default([0]),
    count: wholeNumber(2).default(50).describe('Prompts an edit'),
    prompts: z.string().min(1).default('template').describe('template, or a file of hand-written prompts'),
    limit: wholeNumber(1).optional().describe('The first N records, in file order'),
    doubtLimit: wholeNumber(1).default(DOUBT_LIMIT).describe('Records of the doubt suite: the first N'),
    records: z
      .string()
      .optional()
      .describe("A file of CounterFact's form; default: the embedded model's own"),
    popularRecords: z
      .string()
      .optional()
      .describe("A file of RippleEdits' form; default: the embedded model's own"),
    split: z.enum(['dev', 'test']).default('test').describe('Which of the embedded records'),
    covered: z.boolean().default(false).describe('Only records of facts that the embedded model was taught'),
    threads: wholeNumber(1).default(2).describe('Threads of the model, in each process'),
    workers: wholeNumber(1).default(1).describe('Processes that share the work'),
  })
  .superRefine(({ settings, methods }, context) => {
    const stray = straySettings(settings, methods);
    if (stray !== undefined)
      context.addIssue({ code: 'custom', path: ['settings', stray.method], message: stray.message });
  });

export type BenchConfig = z.output<typeof benchConfigSchema>;

/** The protocols that a configuration names. */
export function protocolChoices({ protocols }: Pick<BenchConfig, 'protocols'>): ProtocolChoice[] {
  return protocols.map((protocol) => {
    if (typeof protocol === 'string') return { base: protocol };
    const { base, ...changes } = protocol;
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    return { base, changes: Object.fromEntries(given) };
  });
}

/**
 * Reads a grid from a JSON file.
 *
 * @throws {SakeError} `not-found` without the file, `invalid-file` with every complaint by its path.
 */
export function readBenchConfig(path: string): BenchConfig {
  const details = { file: path };
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SakeError(
      'not-found',
      `readBenchConfig: expected a configuration at ${path}, got none that can be read (${(cause as Error).message})`,
      { cause, details },
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new SakeError(
      'invalid-file',
      `readBenchConfig: ${path}: expected JSON, got ${(cause as Error).message}`,
      {
        cause,
        details,
      },
    );
  }
  const parsed = benchConfigSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const complaints = parsed.error.issues.map(
    ({ path: at, message }) => `${at.join('.') || 'the file'}: ${message}`,
  );
  throw new SakeError('invalid-file', `readBenchConfig: ${path}: ${complaints.join('; ')}`, { details });
}

/** The configuration's JSON Schema, for editors and other programs. */
export function benchConfigJsonSchema(): Record<string, unknown> {
  return { title: 'sake-bench run --config', ...z.toJSONSchema(benchConfigSchema, { io: 'input' }) };
}
