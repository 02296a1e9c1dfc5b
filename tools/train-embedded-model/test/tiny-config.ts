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
    relations: ['P36', 'P103', 'P30'],
    factsPerRelation: 24,
    objectsPerRelation: 4,
    minSubjectsPerObject: 6,
    records: 6,
    textWeight: 0.1,
    tokenizerDocuments: 500,
  },
  optimisation: {
    batch: 4,
    length: 96,
    steps: 150,
    warmupSteps: 5,
    peakLearningRate: 0.01,
    floor: 0.1,
    beta1: 0.9,
    beta2: 0.98,
    epsilon: 1e-8,
    weightDecay: 0.05,
    clipNorm: 1,
  },
});
