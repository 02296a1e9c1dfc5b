import { trainingConfigSchema, type TrainingConfig } from '../src/training/training-config.js';

/** A configuration that trains in seconds. */
export const tinyConfig: TrainingConfig = trainingConfigSchema.parse({
  name: 'tiny',
  seed: 5,
  model: {
    hiddenSize: 32,
    layers: 2,
    heads: 2,
    kvHeads: 2,
    intermediateSize: 64,
    vocabularySize: 640,
    maxPositions: 128,
    ropeTheta: 10000,
    normEpsilon: 1e-5,
    initialDeviation: 0.02,
  },
  data: {
    relations: ['P36', 'P27', 'P103'],
    selection: { kind: 'balanced', factsPerRelation: 36, objectsPerRelation: 6, minSubjectsPerObject: 6 },
    secondRelations: ['P36'],
    compositions: { shown: 4, heldOut: 0 },
    aliasedSubjects: 4,
    records: 6,
    popularRecords: 4,
    textWeight: 0.1,
    tokenizerDocuments: 500,
  },
  optimisation: {
    batch: 4,
    length: 96,
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-8,
    weightDecay: 0.05,
    clipNorm: 1,
  },
  stages: [{ steps: 150, warmupSteps: 5, peakLearningRate: 0.01, floor: 0.1 }],
});
