import { describe, expect, it } from 'vitest';
import { argmax, createSampler, logProbability } from './sampling.js';

/** Logits of the probabilities 0.5, 0.25, 0.125, 0.125. */
const LOGITS = Float32Array.of(Math.log(4), Math.log(2), 0, 0);

function frequencies(sample: (logits: Float32Array) => number, draws = 4000): number[] {
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < draws; i++) counts[sample(LOGITS)]! += 1 / draws;
  return counts;
}

describe('argmax', () => {
  it('gives the lowest index among equals', () => {
    expect(argmax(Float32Array.of(1, 3, 3, 2))).toBe(1);
  });

  it('refuses NaN and infinite logits', () => {
    expect(() => argmax(Float32Array.of(1, NaN))).toThrow(/NaN at index 1/);
    expect(() => argmax(Float32Array.of(-Infinity))).toThrow(/finite/);
    expect(() => argmax(Float32Array.of(Infinity))).toThrow(/finite/);
  });
});

describe('logProbability', () => {
  it('is the log of the softmax', () => {
    // float32 logits: 1e-6
    expect(logProbability(LOGITS, 0)).toBeCloseTo(Math.log(0.5), 6);
    expect(logProbability(LOGITS, 3)).toBeCloseTo(Math.log(0.125), 6);
  });

  it('survives logits that overflow exp', () => {
    expect(logProbability(Float32Array.of(1000, 1000), 1)).toBeCloseTo(Math.log(0.5), 12);
  });
});

describe('createSampler', () => {
  it('is greedy at temperature 0', () => {
    expect(createSampler()(Float32Array.of(0, 2, 2))).toBe(1);
  });

  it('draws with the probabilities of the softmax', () => {
    const got = frequencies(createSampler({ temperature: 1 }));
    // 4000 draws: four standard errors are below 0.032
    [0.5, 0.25, 0.125, 0.125].forEach((p, token) => expect(Math.abs(got[token]! - p)).toBeLessThan(0.032));
  });

  it('sharpens with a lower temperature', () => {
    const got = frequencies(createSampler({ temperature: 0.5 }));
    // squared and renormalised: 16 / 22
    expect(Math.abs(got[0]! - 16 / 22)).toBeLessThan(0.032);
  });

  it('keeps the topK most probable, equal ones by token id', () => {
    const got = frequencies(createSampler({ temperature: 1, topK: 3 }));
    expect(got[3]).toBe(0);
    expect(got[2]).toBeGreaterThan(0);
    expect(createSampler({ temperature: 9, topK: 1 })(LOGITS)).toBe(0);
  });

  it('keeps the fewest tokens whose probabilities reach topP', () => {
    const got = frequencies(createSampler({ temperature: 1, topP: 0.7 }));
    expect(got.slice(2)).toEqual([0, 0]);
    expect(Math.abs(got[0]! - 2 / 3)).toBeLessThan(0.032);
    expect(frequencies(createSampler({ temperature: 1, topP: 1e-9 }))[0]).toBeCloseTo(1, 9);
  });

  it('keeps the lower token id of equals at the border of topP', () => {
    const got = frequencies(createSampler({ temperature: 1, topP: 0.8 }));
    expect(got[3]).toBe(0);
    expect(got[2]).toBeGreaterThan(0);
  });

  it('draws from every token where topK and topP keep all', () => {
    const got = frequencies(createSampler({ temperature: 1, topK: 99, topP: 1 }));
    [0.5, 0.25, 0.125, 0.125].forEach((p, token) => expect(Math.abs(got[token]! - p)).toBeLessThan(0.032));
  });

  it('applies topP to what topK left', () => {
    const got = frequencies(createSampler({ temperature: 1, topK: 2, topP: 0.6 }));
    expect(got.slice(1)).toEqual([0, 0, 0]);
  });

  it('repeats itself with its seed', () => {
    const draw = (seed: number): number[] => {
      const sample = createSampler({ temperature: 1, seed });
      return Array.from({ length: 30 }, () => sample(LOGITS));
    };
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it('refuses settings out of range', () => {
    for (const options of [
      { temperature: -1 },
      { temperature: NaN },
      { topK: 0 },
      { topK: 1.5 },
      { topP: 0 },
      { topP: 1.1 },
    ])
      expect(() => createSampler(options)).toThrow(/generate: expected/);
  });
});
