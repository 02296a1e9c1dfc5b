import { createRandom, type LabelledQuery, type Query, type Random } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { pairClassifier, type PairClassifierOptions, type PairExamples } from './pair-classifier.js';

const WIDTH = 24;
const features = [{ pool: 'embedding' }] as const;

const query = (embedding: Float64Array): LabelledQuery => ({
  kind: 'paraphrase',
  lastTokenActivation: Float64Array.of(1),
  embedding,
});

/** An edit around a direction of its own: texts of it are near, those out of its scope go elsewhere. */
function edit(random: Random): PairExamples {
  const centre = Float64Array.from({ length: WIDTH }, () => 2 * random.normal());
  const near = (): Query => query(centre.map((value) => value + 0.6 * random.normal()));
  const far = (): Query => query(Float64Array.from({ length: WIDTH }, () => 2 * random.normal()));
  return {
    edit: query(centre),
    positives: Array.from({ length: 10 }, near),
    negatives: Array.from({ length: 15 }, far),
  };
}

const edits = (seed: string, count: number): PairExamples[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => edit(random));
};

const train = (options: Partial<PairClassifierOptions> = {}): ReturnType<typeof pairClassifier> =>
  pairClassifier(edits('train', 12), { layers: 4, features, ...options });

describe('pairClassifier', () => {
  it('tells texts in scope of edits that it was not trained on from others, by their own prompt alone', () => {
    const classifier = train();
    const inScope: [number, number] = [0, 0];
    const unseen = edits('unseen', 20);
    for (const { edit: own, positives, negatives } of unseen) {
      const scope = classifier.fit({ positives: [own as LabelledQuery], negatives: [] });
      const held = (queries: readonly Query[]): number =>
        queries.filter((each) => scope.match(each).distance <= scope.threshold).length;
      inScope[0] += held(positives) / (10 * unseen.length);
      inScope[1] += held(negatives) / (15 * unseen.length);
    }
    expect(inScope[0]).toBeGreaterThan(0.95);
    expect(inScope[1]).toBeLessThan(0.05);
  });

  it('is one classifier for all edits: scopes differ in the edit alone', () => {
    const classifier = train();
    const [first, second] = edits('unseen', 2).map(({ edit: own }) =>
      classifier.fit({ positives: [own as LabelledQuery], negatives: [] }).toTensors(),
    );
    expect(first!.tensors['direction']).toEqual(second!.tensors['direction']);
    expect(first!.meta).toEqual(second!.meta);
    expect(first!.tensors['own']).not.toEqual(second!.tensors['own']);
  });

  it('takes at most so many texts a side, drawn by the seed', () => {
    const pairs = (options: Partial<PairClassifierOptions>): unknown =>
      train(options).fit({ positives: [edits('unseen', 1)[0]!.edit as LabelledQuery], negatives: [] })
        .settings['pairs'];
    expect(pairs({})).toBe(12 * (10 + 12 + 11));
    expect(pairs({ textsAside: 5 })).toBe(12 * 15);
  });

  it('refuses options that mean nothing, and edits to be trained on that are not enough', async () => {
    const wrong: readonly Partial<PairClassifierOptions>[] = [
      { layers: 0 },
      { features: [] },
      { penalties: [] },
      { heldOut: 0 },
      { threshold: 1 },
      { textsAside: 0 },
    ];
    for (const options of wrong) await expectCode(async () => train(options), 'invalid-option');
    const [one, two] = edits('train', 2) as [PairExamples, PairExamples];
    const options = { layers: 4, features };
    await expectCode(async () => pairClassifier([one], options), 'not-enough-data');
    await expectCode(
      async () => pairClassifier([one, { ...two, negatives: [] }], options),
      'not-enough-data',
    );
  });
});
