import { beforeAll, describe, expect, it } from 'vitest';
import type { Mapper, MapperInput, TransportMap } from '../mapper.js';
import { row, type Matrix } from '../matrix.js';
import { createRandom } from '../random.js';
import type { Loader } from '../tensor-bundle.js';
import { expectCode } from './expect-code.js';
import { brokenBundles, loaderOf, throughFile } from './reload.js';

export interface DescribeMapperOptions {
  /** Where the mapper's maps are loaded from: all loaders of its package. */
  readonly loaders: readonly Loader<TransportMap>[];
}

/** Rows around a mean of a random covariance, float32, [rows, cols]. */
function gaussianRows(seed: string, rows: number, cols: number): Matrix<Float32Array> {
  const random = createRandom(seed);
  const offset = Array.from({ length: cols }, () => 3 * random.normal());
  const data = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++) {
    const shared = random.normal();
    for (let j = 0; j < cols; j++) data[i * cols + j] = offset[j]! + 0.5 * shared + random.normal();
  }
  return { rows, cols, data };
}

function repeated({ cols, data }: Matrix<Float32Array>, rows: number): Matrix<Float32Array> {
  const copies = new Float32Array(rows * cols);
  for (let i = 0; i < rows; i++) copies.set(data.subarray(0, cols), i * cols);
  return { rows, cols, data: copies };
}

const asDouble = ({ rows, cols, data }: Matrix): Matrix<Float64Array> => ({
  rows,
  cols,
  data: Float64Array.from(data),
});

/** Every prompt gives one source and one target row. */
function input(source: Matrix, target: Matrix): MapperInput {
  return {
    source,
    target,
    sourceGroups: Array.from({ length: source.rows }, (_, index) => index),
    targetGroups: Array.from({ length: target.rows }, (_, index) => index),
  };
}

/**
 * The contract of every {@link Mapper}, as a vitest suite.
 *
 * @example describeMapper('meanShift', () => meanShift(), { loaders: transportLoaders });
 */
export function describeMapper(name: string, create: () => Mapper, { loaders }: DescribeMapperOptions): void {
  describe(`${name} keeps the contract of mappers`, () => {
    const sizes: readonly [string, number, number, number][] = [
      ['fewer rows than columns', 12, 8, 24],
      ['more rows than columns', 60, 40, 5],
      ['one column', 12, 12, 1],
    ];

    describe.each(sizes)('with %s', (_, sourceRows, targetRows, dim) => {
      const given = input(gaussianRows('source', sourceRows, dim), gaussianRows('target', targetRows, dim));
      let map: TransportMap;
      beforeAll(async () => {
        map = await create().fit(given);
      });

      it('gives a map of its kind and width with settings that survive JSON', () => {
        expect(map.kind).toBe(create().kind);
        expect(map.dim).toBe(dim);
        expect(JSON.parse(JSON.stringify(map.settings))).toEqual(map.settings);
      });

      it('maps into a new array of the same type and leaves the activation alone', () => {
        const activation = row(given.source as Matrix<Float32Array>, 1).slice();
        const before = activation.slice();
        const mapped = map.apply(activation);
        expect(mapped).toBeInstanceOf(Float32Array);
        expect(mapped.buffer).not.toBe(activation.buffer);
        expect(mapped).toHaveLength(dim);
        expect(mapped.every((value) => Number.isFinite(value))).toBe(true);
        expect(activation).toEqual(before);
        expect(map.apply(Float64Array.from(activation))).toBeInstanceOf(Float64Array);
      });

      it('computes in float64: float32 results are the rounded float64 ones', () => {
        const activation = row(given.source as Matrix<Float32Array>, 0);
        const exact = map.apply(Float64Array.from(activation));
        expect(map.apply(activation)).toEqual(Float32Array.from(exact));
      });

      it('keeps no state between calls', () => {
        const first = map.apply(row(given.source, 0));
        map.apply(row(given.source, 1));
        expect(map.apply(row(given.source, 0))).toEqual(first);
      });

      it('fits the same map from the same rows and leaves them alone', async () => {
        const copies = [given.source.data.slice(), given.target.data.slice()];
        const again = await create().fit(given);
        expect(again.toTensors()).toEqual(map.toTensors());
        expect([given.source.data, given.target.data]).toEqual(copies);
      });

      it('is the identity between equal sets', async () => {
        const same = await create().fit(input(asDouble(given.source), asDouble(given.source)));
        const activation = Float64Array.from(row(given.target, 0));
        const mapped = same.apply(activation);
        // Float64 rounding of a covariance of condition 1e4 or so stays far below this.
        mapped.forEach((value, at) => expect(value).toBeCloseTo(activation[at]!, 8));
      });

      it('is bitwise the same after a trip through a file', () => {
        const loaded = loaderOf(loaders, map.kind).load(throughFile(map.toTensors()));
        expect([loaded.kind, loaded.dim, loaded.settings]).toEqual([map.kind, map.dim, map.settings]);
        for (const sample of [given.source, asDouble(given.target)])
          for (let i = 0; i < sample.rows; i++)
            expect(loaded.apply(row(sample, i))).toEqual(map.apply(row(sample, i)));
        expect(loaded.toTensors()).toEqual(map.toTensors());
      });

      it('is refused by its loader as invalid-file when broken', async () => {
        const loader = loaderOf(loaders, map.kind);
        for (const [what, bundle] of brokenBundles(map.toTensors(), loader.version))
          await expectCode(() => loader.load(bundle), 'invalid-file').catch((cause: unknown) => {
            throw new Error(`a bundle with ${what} was not refused`, { cause });
          });
      });

      it('refuses activations of another width or not finite', async () => {
        await expectCode(() => map.apply(new Float32Array(dim + 1)), 'shape-mismatch');
        await expectCode(() => map.apply(new Float64Array(dim).fill(Number.NaN)), 'invalid-input');
      });
    });

    it('fits duplicated rows', async () => {
      const source = repeated(gaussianRows('source', 1, 6), 10);
      const map = await create().fit(input(source, repeated(gaussianRows('target', 1, 6), 10)));
      expect(map.apply(row(source, 0)).every((value) => Number.isFinite(value))).toBe(true);
    });

    it('refuses an empty side', async () => {
      const rows = gaussianRows('rows', 8, 3);
      const none = { rows: 0, cols: 3, data: new Float32Array(0) };
      await expectCode(() => create().fit({ source: none, target: rows }), 'not-enough-data');
      await expectCode(() => create().fit({ source: rows, target: none }), 'not-enough-data');
    });

    it('refuses sides of different widths', async () => {
      const given = { source: gaussianRows('source', 8, 3), target: gaussianRows('target', 8, 4) };
      await expectCode(() => create().fit(given), 'shape-mismatch');
    });

    it('refuses values that are not finite and names side and row', async () => {
      for (const side of ['source', 'target'] as const)
        for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
          const given = { source: gaussianRows('source', 8, 3), target: gaussianRows('target', 8, 3) };
          given[side].data[7] = value;
          const error = await expectCode(() => create().fit(given), 'invalid-input');
          expect(error.message).toMatch(new RegExp(`${side} row 2\\b`));
        }
    });
  });
}
