import { createRandom, type LabelledQuery, type ScopeInput } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { trainedClassifier, type TrainedClassifierOptions } from './trained-classifier.js';

/** Two classes around opposite directions, with noise, so that a border can be learned but not by heart. */
function twoClasses(seed: string, noise: number): ScopeInput {
  const random = createRandom(seed);
  const query = (side: number, group: number): LabelledQuery => ({
    kind: side > 0 ? 'paraphrase' : 'unrelated',
    group,
    lastTokenActivation: Float64Array.of(1),
    embedding: Float64Array.from(
      { length: 12 },
      (_, j) => (j === 0 ? 4 * side : 1) + noise * random.normal(),
    ),
  });
  return {
    positives: Array.from({ length: 60 }, (_, i) => query(1, i)),
    negatives: Array.from({ length: 90 }, (_, i) => query(-1, 100 + i)),
  };
}

const create = (options: Partial<TrainedClassifierOptions> = {}): ReturnType<typeof trainedClassifier> =>
  trainedClassifier({ layers: 4, features: [{ pool: 'embedding' }], ...options });

describe('trainedClassifier', () => {
  it('holds unseen texts of its class in scope and others out', () => {
    const scope = create().fit(twoClasses('train', 1));
    const { positives, negatives } = twoClasses('test', 1);
    const inScope = (queries: readonly LabelledQuery[]): number =>
      queries.filter((query) => scope.match(query).distance <= scope.threshold).length / queries.length;
    expect(inScope(positives)).toBeGreaterThan(0.95);
    expect(inScope(negatives)).toBeLessThan(0.05);
  });

  it('gives probabilities that hold on unseen texts', () => {
    // Classes that overlap: of texts with P(out) near p, a share near p is out (classes weigh the same).
    const scope = create().fit(twoClasses('train', 5));
    const { positives, negatives } = twoClasses('test', 5);
    const out = [
      ...positives.map((query) => [query, 0.5 / 60] as const),
      ...negatives.map((query) => [query, 0.5 / 90] as const),
    ];
    const unsure = out.filter(([query]) => {
      const { distance } = scope.match(query);
      return distance > 0.25 && distance < 0.75;
    });
    const weight = (of: typeof unsure): number => of.reduce((sum, [, each]) => sum + each, 0);
    const share = weight(unsure.filter(([{ kind }]) => kind === 'unrelated')) / weight(unsure);
    expect(unsure.length).toBeGreaterThan(10);
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.8);
  });

  it('penalises more where classes overlap more', () => {
    const penalty = (noise: number): number =>
      create().fit(twoClasses('train', noise)).settings['penalty'] as number;
    expect(penalty(8)).toBeGreaterThan(penalty(0.5));
  });

  it('says what it did on the texts that it was not trained on', () => {
    const { settings } = create().fit(twoClasses('train', 1));
    expect(settings).toMatchObject({ calibration: 'given', heldOutPositives: 15, seed: 0 });
    expect(settings['falseReject']).toBeLessThan(0.1);
    expect(settings['falseAccept']).toBeLessThan(0.1);
  });

  it('looks at whom the text speaks of and at what it asks by default', () => {
    expect(trainedClassifier({ layers: 6 }).needs).toEqual({ layers: [2, 4], embedding: false });
  });

  it('refuses options that mean nothing, and one side alone', async () => {
    const wrong: readonly Partial<TrainedClassifierOptions>[] = [
      { layers: 0 },
      { features: [] },
      { features: [{ pool: 'mean', layer: 4 }] },
      { penalties: [] },
      { penalties: [0] },
      { heldOut: 0.6 },
      { threshold: 1 },
    ];
    for (const options of wrong) await expectCode(async () => create(options), 'invalid-option');
    const { positives } = twoClasses('train', 1);
    await expectCode(async () => create().fit({ positives, negatives: [] }), 'not-enough-data');
  });
});
