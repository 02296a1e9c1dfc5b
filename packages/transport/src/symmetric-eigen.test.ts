import { createRandom } from '@sakejs/spec';
import { EigenvalueDecomposition, Matrix as Dense } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { multiply, transpose } from './dense-kernels.js';
import { symmetricEigen } from './symmetric-eigen.js';

function symmetric(size: number, entry: (i: number, j: number) => number): Float64Array {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) matrix[i * size + j] = matrix[j * size + i] = entry(i, j);
  return matrix;
}

/** V diag(values) Vᵀ of a random orthogonal V. */
function withSpectrum(seed: string, spectrum: readonly number[]): Float64Array {
  const size = spectrum.length;
  const random = createRandom(seed);
  const { vectors } = symmetricEigen('test', symmetric(size, () => random.normal()), size); // prettier-ignore
  const scaled = vectors.map((value, at) => value * spectrum[at % size]!);
  const product = multiply(scaled, transpose(vectors, size), size);
  return symmetric(size, (i, j) => product[i * size + j]!);
}

function normal(size: number): Float64Array {
  const random = createRandom(`normal ${size}`);
  return symmetric(size, () => random.normal());
}

const largest = (values: Float64Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const ascending = (values: Iterable<number>): number[] => [...values].sort((a, b) => a - b);
const repeat = (value: number, times: number): number[] => Array<number>(times).fill(value);

const cases: readonly (readonly [string, number, Float64Array])[] = [
  ['a number', 1, Float64Array.of(-3)],
  ['2 × 2', 2, Float64Array.of(2, 1, 1, 2)],
  ['zeros', 5, new Float64Array(25)],
  ['the identity', 7, symmetric(7, (i, j) => (i === j ? 1 : 0))],
  ['a diagonal matrix', 6, symmetric(6, (i, j) => (i === j ? 3 - i : 0))],
  ['ones, of rank one', 9, symmetric(9, () => 1)],
  ['two blocks that do not meet', 8, symmetric(8, (i, j) => (i < 4 === j < 4 ? i + j + 1 : 0))],
  ["Wilkinson's W21, with nearly equal pairs", 21, symmetric(21, (i, j) => (i === j ? Math.abs(i - 10) : i - j === 1 ? 1 : 0))], // prettier-ignore
  ['one eigenvalue many times', 30, withSpectrum('degenerate', [...repeat(2, 20), ...repeat(-1, 9), 5])],
  ['covariances with a ridge', 40, withSpectrum('ridge', [...repeat(0.01, 25), ...Array.from({ length: 15 }, (_, i) => 2 ** i)])], // prettier-ignore
  ['a random matrix, size 3', 3, normal(3)],
  ['a random matrix, size 33', 33, normal(33)],
  ['a random matrix, size 100', 100, normal(100)],
  ['entries that grow to the last row', 12, symmetric(12, (i, j) => 10 ** ((i + j) / 2 - 8) * (i === j ? 1 : 0.1))], // prettier-ignore
  ['entries that grow to the first row', 12, symmetric(12, (i, j) => 10 ** (3 - (i + j) / 2) * (i === j ? 1 : 0.1))], // prettier-ignore
  ['tiny entries', 10, normal(10).map((value) => value * 1e-150)],
];

describe('symmetricEigen', () => {
  describe.each(cases)('of %s', (_, size, matrix) => {
    const { values, vectors } = symmetricEigen('test', matrix, size);
    const rounding = 4 * size * Number.EPSILON; // errors grow with the size at most

    it('gives V Λ Vᵀ', () => {
      const scaled = vectors.map((value, at) => value * values[at % size]!);
      const product = multiply(scaled, transpose(vectors, size), size);
      expect(largest(product.map((value, at) => value - matrix[at]!))).toBeLessThanOrEqual(
        rounding * largest(values),
      );
    });

    it('gives orthonormal vectors', () => {
      const gram = multiply(transpose(vectors, size), vectors, size);
      for (let i = 0; i < size; i++) gram[i * size + i]! -= 1;
      expect(largest(gram)).toBeLessThanOrEqual(rounding);
    });

    it('gives the eigenvalues that ml-matrix gives', () => {
      const rows = Array.from({ length: size }, (_, i) => [...matrix.subarray(i * size, (i + 1) * size)]);
      const { realEigenvalues } = new EigenvalueDecomposition(new Dense(rows), { assumeSymmetric: true });
      const expected = ascending(realEigenvalues);
      ascending(values).forEach((value, at) =>
        expect(Math.abs(value - expected[at]!)).toBeLessThanOrEqual(2 * rounding * largest(values)),
      );
    });
  });

  it('has nothing to say of an empty matrix', () => {
    expect(symmetricEigen('test', new Float64Array(0), 0)).toEqual({
      values: new Float64Array(0),
      vectors: new Float64Array(0),
    });
  });

  it('leaves the matrix as it is', () => {
    const matrix = normal(9);
    const before = matrix.slice();
    symmetricEigen('test', matrix, 9);
    expect(matrix).toEqual(before);
  });

  it('refuses what is not finite', () => {
    const matrix = normal(6);
    matrix[6 * 2] = Number.NaN;
    expect(() => symmetricEigen('test', matrix, 6)).toThrow(/finite/);
  });
});
