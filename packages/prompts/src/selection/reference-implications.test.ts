import { createRandom, fromRows, type EditRequest, type Matrix } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { createAnsweringLM } from '../../test/answering-lm.js';
import { captureImplications, selectImplications } from './reference-implications.js';

const rows = (...values: (readonly number[])[]): Matrix =>
  fromRows(values.map((row) => Float64Array.from(row)));

/** 25 rows that go the same way, more or less: the more, the higher their number. */
function implications(): { source: Matrix; target: Matrix } {
  const random = createRandom(4);
  const source = Array.from({ length: 25 }, () => Float64Array.from({ length: 8 }, () => random.normal()));
  const target = source.map((row, index) => row.map((value, j) => value + (j === 0 ? 5 : (25 - index) / 5)));
  return { source: fromRows(source), target: fromRows(target) };
}

describe('selectImplications', () => {
  it('keeps the rows whose difference points most nearly along the mean difference', () => {
    const source = rows([0, 0], [1, 1], [2, 2], [3, 3]);
    const target = rows([1, 0], [2, 1], [2, 3], [4, 3]); // differences: x, x, y, x
    const { kept, cosines } = selectImplications(source, target, { keep: 3, copies: 0 });
    expect(kept).toEqual([0, 1, 3]);
    // The mean is (3/4, 1/4): cosine 3/√10 to x, 1/√10 to y.
    expect(cosines[0]).toBeCloseTo(3 / Math.sqrt(10), 12);
    expect(cosines[2]).toBeCloseTo(1 / Math.sqrt(10), 12);
  });

  it('gives 10 of 25 rows and 4 copies of each, as the reference does', () => {
    const { source, target } = implications();
    const made = selectImplications(source, target);
    expect([made.source.rows, made.target.rows, made.source.cols]).toEqual([50, 50, 8]);
    for (const [place, index] of made.kept.entries())
      for (const [of, from] of [[made.source, source] as const, [made.target, target] as const])
        expect(Array.from(of.data.subarray(place * 8, place * 8 + 8))).toEqual(
          Array.from(from.data.subarray(index * 8, index * 8 + 8)),
        );
  });

  it('adds independent noise of the given deviation to source and target', () => {
    const { source, target } = implications();
    const { kept, ...made } = selectImplications(source, target, { copies: 200, sigma: 0.1 });
    const noise = (of: Matrix, from: Matrix): number[] =>
      Array.from(of.data.subarray(80), (value, at) => {
        const row = kept[Math.floor(at / 8) % 10]!;
        return value - from.data[row * 8 + (at % 8)]!;
      });
    const [a, b] = [noise(made.source, source), noise(made.target, target)];
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    // 16,000 draws: the standard error of the mean is 0.0008, of the deviation 0.0006, of the correlation 0.008.
    for (const values of [a, b]) {
      expect(Math.abs(mean(values))).toBeLessThan(0.004);
      expect(Math.abs(Math.sqrt(mean(values.map((value) => value ** 2))) - 0.1)).toBeLessThan(0.003);
    }
    expect(Math.abs(mean(a.map((value, at) => value * b[at]!)) / 0.01)).toBeLessThan(0.04);
  });

  it('draws by its seed', () => {
    const { source, target } = implications();
    const first = selectImplications(source, target, { seed: 1 });
    expect(selectImplications(source, target, { seed: 1 })).toEqual(first);
    expect(selectImplications(source, target, { seed: 2 }).source).not.toEqual(first.source);
  });

  it('refuses shapes, counts and differences that cannot be', async () => {
    const { source, target } = implications();
    await expectCode(() => selectImplications(source, rows([1])), 'shape-mismatch');
    await expectCode(() => selectImplications(source, target, { keep: 26 }), 'not-enough-data');
    await expectCode(() => selectImplications(source, target, { keep: 0 }), 'invalid-option');
    await expectCode(() => selectImplications(source, target, { sigma: -1 }), 'invalid-option');
    await expectCode(() => selectImplications(source, source, { keep: 2 }), 'numerical');
  });
});

describe('captureImplications', () => {
  it('asks each implication behind the old and behind the new fact', async () => {
    const request: EditRequest = {
      subject: 'Peru',
      prompt: 'The capital of {} is',
      targetTrue: 'Lima',
      targetNew: 'Oslo',
    };
    const asked: string[] = [];
    const lm = createAnsweringLM((text) => {
      asked.push(text);
      return text.includes('Oslo') ? ' Akerselva' : ' Rímac';
    });
    const { source, target } = await captureImplications(lm, request, [
      'The river there is',
      'Its mayor lives in',
    ]);
    expect([source.rows, target.rows]).toEqual([2, 2]);
    expect(source.data).not.toEqual(target.data);
    expect(asked).toEqual([
      expect.stringMatching(/^Considering.*'The capital of Peru is Lima'.*:The river there is$/),
      expect.stringMatching(/^Considering.*'The capital of Peru is Lima'.*:Its mayor lives in$/),
      expect.stringMatching(/^Pretend.*'The capital of Peru is Oslo'.*:The river there is$/),
      expect.stringMatching(/^Pretend.*'The capital of Peru is Oslo'.*:Its mayor lives in$/),
    ]);
  });
});
