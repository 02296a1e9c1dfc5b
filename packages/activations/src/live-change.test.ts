import { createRandom, matrix, type ModelInfo, type WeightDelta } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import type { WeightChange } from './changed-decoder.js';
import type { Decoder } from './decoder.js';
import { withFurther } from './live-change.js';

const [hiddenSize, keySize] = [4, 6];
const random = createRandom('deltas');
const values = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());
const ofRank = (rank: number): Extract<WeightDelta, { u: unknown }> => ({
  layer: 1,
  u: matrix(hiddenSize, rank, values(hiddenSize * rank)),
  v: matrix(rank, keySize, values(rank * keySize)),
});

/** What a decoder is asked for to run with such deltas. */
function asked(weights: readonly WeightDelta[]): WeightChange {
  let change: WeightChange | undefined;
  withFurther(
    undefined,
    { weights },
    {
      info: { hiddenSize, layers: 2 } as ModelInfo,
      showsStreams: true,
      keySize: () => keySize,
      decoderWith: (given) => ((change = given), {} as Decoder),
    },
  );
  return change!;
}

describe('withFurther', () => {
  it('keeps factors apart as long as they are less work than the weight', () => {
    const { lowRank, dense } = asked([ofRank(1), ofRank(1)]); // 2 * (4 + 6) <= 4 * 6
    expect([...dense.keys()]).toEqual([]);
    expect(lowRank.get(1)!.u.dims).toEqual([hiddenSize, 2]);
    expect(lowRank.get(1)!.v.dims).toEqual([2, keySize]);
  });

  it('adds them up, with what is whole already, where they are more', () => {
    const factors = [ofRank(2), ofRank(1)]; // 3 * (4 + 6) > 4 * 6
    const whole = matrix(keySize, hiddenSize, values(keySize * hiddenSize));
    const { lowRank, dense } = asked([...factors, { layer: 1, dense: whole }]);
    expect([...lowRank.keys()]).toEqual([]);
    expect(dense.get(1)!.dims).toEqual([keySize, hiddenSize]);
    const sum = [...(dense.get(1)!.data as Float32Array)];
    for (let key = 0; key < keySize; key++)
      for (let i = 0; i < hiddenSize; i++) {
        const product = factors.reduce(
          (total, { u, v }) => {
            for (let r = 0; r < u.cols; r++) total += u.data[i * u.cols + r]! * v.data[r * keySize + key]!;
            return total;
          },
          whole.data[key * hiddenSize + i]!,
        );
        expect(sum[key * hiddenSize + i]).toBeCloseTo(product, 5);
      }
  });
});
