import { readFileSync } from 'node:fs';
import { SakeError } from '@sakejs/spec';
import { z } from 'zod';
import { documentKinds, type DocumentKindName } from '../corpus/document-kinds.js';

const count = z.number().int().positive();
const natural = z.number().int().nonnegative();
const rate = z.number().nonnegative();
const momentum = rate.lt(1);

const modelSchema = z
  .strictObject({
    hiddenSize: count,
    layers: count,
    heads: count,
    kvHeads: count,
    intermediateSize: count,
    vocabularySize: count,
    maxPositions: count,
    ropeTheta: z.number().positive(),
    normEpsilon: z.number().positive(),
    /** Standard deviation of the initial weights. */
    initialDeviation: z.number().positive(),
  })
  .refine(({ hiddenSize, heads }) => hiddenSize % heads === 0 && (hiddenSize / heads) % 2 === 0, {
    path: ['heads'],
    message: 'must divide hiddenSize into even widths, as rotary positions need',
  })
  .refine(({ heads, kvHeads }) => heads % kvHeads === 0, {
    path: ['kvHeads'],
    message: 'must divide heads',
  });

const dataSchema = z.strictObject({
  relations: z.array(z.string()).min(1),
  /** Which facts of the relations' tables: a balanced few, or all with labels of at most so many characters. */
  selection: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('balanced'),
      factsPerRelation: count,
      objectsPerRelation: count,
      minSubjectsPerObject: count,
    }),
    z.strictObject({ kind: z.literal('all'), maxLabelLength: count }),
  ]),
  /** Relations that a second hop may ask. */
  secondRelations: z.array(z.string()),
  /** How many two-hop compositions training states, and how many it holds out. */
  compositions: z.strictObject({
    shown: natural,
    heldOut: natural,
  }),
  /** How many people get rule-made aliases. */
  aliasedSubjects: natural,
  /** How many edits, dev and test together. */
  records: count,
  /** How many edits with ripple tests, dev and test together. */
  popularRecords: natural,
  /** Loss weight of a token that is no answer, beside 1 for one that is. */
  textWeight: z.number().min(0).max(1),
  /** How many documents the tokenizer is trained on. */
  tokenizerDocuments: count,
});

const optimisationSchema = z
  .strictObject({
    /** Rows a step. */
    batch: count,
    /** Tokens a row. */
    length: count,
    /** Positions of a step whose loss is computed: all answers, and text as far as there is room. Default: all. */
    lossRows: count.optional(),
    /** Every n-th step of a stage has long rows, from documents of their own; 0 (default): none. */
    longEvery: natural.optional(),
    /** Tokens a long row. */
    longLength: count.optional(),
    /** Rows a step of long ones. */
    longBatch: count.optional(),
    beta1: momentum,
    beta2: momentum,
    epsilon: z.number().positive(),
    weightDecay: rate,
    /** Gradients of a greater norm are scaled down to it. */
    clipNorm: z.number().positive(),
  })
  .refine(({ batch, length, lossRows }) => lossRows === undefined || lossRows <= batch * length, {
    path: ['lossRows'],
    message: 'must be at most batch · length',
  })
  .refine(
    ({ longEvery, longLength, longBatch }) =>
      !longEvery || (longLength !== undefined && longBatch !== undefined),
    { path: ['longEvery'], message: 'needs longLength and longBatch' },
  );

const kinds = Object.keys(documentKinds) as [DocumentKindName, ...DocumentKindName[]];
const planSchema = z
  .partialRecord(z.enum(kinds), z.number().min(0))
  .refine((plan) => Math.abs(Object.values(plan).reduce((sum, share) => sum + share, 0) - 1) < 1e-9, {
    message: 'must have shares that sum to 1',
  });

const stageSchema = z.strictObject({
  steps: count,
  warmupSteps: count,
  peakLearningRate: z.number().positive(),
  /** Share of the peak at the last step. */
  floor: rate,
  /** Shares of document kinds in this stage; default: the corpus's own. */
  plan: planSchema.optional(),
  /** Most characters in front of the stage's long documents; default: the corpus's own. */
  longFront: count.optional(),
});

/** Everything a training run depends on; the same file gives the same weights. */
export const trainingConfigSchema = z
  .strictObject({
    name: z.string().min(1),
    seed: z.number().int(),
    model: modelSchema,
    data: dataSchema,
    /** What all stages share. */
    optimisation: optimisationSchema,
    /** The first begins with random weights, each other with the model that the one before exported. */
    stages: z.array(stageSchema).min(1),
  })
  .refine(({ model, optimisation }) => optimisation.length <= model.maxPositions, {
    path: ['optimisation', 'length'],
    message: 'must be at most model.maxPositions',
  })
  .refine(({ model, optimisation }) => (optimisation.longLength ?? 0) <= model.maxPositions, {
    path: ['optimisation', 'longLength'],
    message: 'must be at most model.maxPositions',
  });

export type Stage = z.infer<typeof stageSchema>;
export type TrainingConfig = z.infer<typeof trainingConfigSchema>;

/** @throws {SakeError} `invalid-file` naming each field that is missing or wrong. */
export function loadTrainingConfig(path: string): TrainingConfig {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new SakeError('invalid-file', `loadTrainingConfig: expected a JSON file at ${path}`, { cause });
  }
  const parsed = trainingConfigSchema.safeParse(json);
  if (!parsed.success)
    throw new SakeError('invalid-file', `loadTrainingConfig: ${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
