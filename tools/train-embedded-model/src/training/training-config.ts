import { readFileSync } from 'node:fs';
import { SakeError } from '@sakejs/spec';
import { z } from 'zod';

const count = z.number().int().positive();
const rate = z.number().nonnegative();
const momentum = rate.lt(1);

/** Everything a training run depends on; the same file gives the same weights. */
export const trainingConfigSchema = z.strictObject({
  name: z.string().min(1),
  seed: z.number().int(),
  model: z
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
    }),
  data: z.strictObject({
    relations: z.array(z.string()).min(1),
    factsPerRelation: count,
    objectsPerRelation: count,
    minSubjectsPerObject: count,
    records: count,
    /** Loss weight of a token that is no answer, beside 1 for one that is. */
    textWeight: z.number().min(0).max(1),
    /** How many documents the tokenizer is trained on. */
    tokenizerDocuments: count,
  }),
  optimisation: z.strictObject({
    /** Rows a step. */
    batch: count,
    /** Tokens a row. */
    length: count,
    steps: count,
    warmupSteps: count,
    peakLearningRate: z.number().positive(),
    /** Share of the peak at the last step. */
    floor: rate,
    beta1: momentum,
    beta2: momentum,
    epsilon: z.number().positive(),
    weightDecay: rate,
    /** Gradients of a greater norm are scaled down to it. */
    clipNorm: z.number().positive(),
  }),
});

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
