import { stateKinds, type AverageEffect, type FactTrace, type TraceResult } from '@sakejs/evaluation';
import { createRandom } from '@sakejs/spec';

const groups = ['subjectFirst', 'subjectLast', 'subsequentFirst', 'last'] as const;

/** A trace of seeded numbers, some of them negative, with text that would be markup. */
export function fakeTrace({
  facts,
  layers,
}: {
  readonly facts: number;
  readonly layers: number;
}): TraceResult {
  const random = createRandom('fake trace');
  const effect = (): number => 0.6 * random.next() - 0.1;
  const tokens = ['The', ' <capital>', ' of', ' A', ' &', ' B', ' is'];
  const fact = (): FactTrace => ({
    prompt: tokens.join(''),
    subject: 'A & B',
    object: 'Paris',
    tokens,
    subjectTokens: [3, 5],
    ...{ clean: 0.9, corrupted: 0.1 },
    effects: Object.fromEntries(
      stateKinds.map((kind) => [kind, Array.from({ length: layers }, () => tokens.map(effect))]),
    ),
  });
  const mean = (value: number): Pick<AverageEffect, 'value' | 'n' | 'interval'> => ({
    ...{ value, n: facts },
    interval: [value - 0.05, value + 0.05],
  });
  return {
    kind: 'trace',
    model: {
      ...{ id: 'fake', sha256: 'a'.repeat(64), family: 'llama', hiddenSize: 8, layers, vocabularySize: 50 },
      ...{ maxPositions: 64, dtype: 'float32', threads: 1, runtime: { onnxruntime: '1' } },
    },
    data: { name: 'made up', sha256: 'b'.repeat(64), records: facts },
    settings: { samples: 5, noise: 3, window: 2, seed: 0, kinds: stateKinds },
    ...{ embeddingDeviation: 0.2, asked: facts + 1, unknown: 1 },
    ...{ clean: mean(0.9), corrupted: mean(0.1), totalEffect: mean(0.8) },
    averages: stateKinds.flatMap((kind) =>
      groups.flatMap((group) =>
        Array.from({ length: layers }, (_, layer): AverageEffect => ({
          kind,
          group,
          layer,
          ...mean(effect()),
        })),
      ),
    ),
    suggestion: { layer: 1, effect: mean(0.3), layers: [0, 2], share: 0.7 },
    facts: Array.from({ length: facts }, fact),
  };
}
