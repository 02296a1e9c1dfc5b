import { beforeAll, describe, expect, it } from 'vitest';
import type { Matrix, Vector } from '../matrix.js';
import type { LabelledQuery, Query, Scope, ScopeDetector, ScopeInput } from '../scope.js';
import type { Loader } from '../tensor-bundle.js';
import { expectCode } from './expect-code.js';
import { brokenBundles, loaderOf, throughFile } from './reload.js';
import { syntheticScopeInput } from './synthetic-scope.js';

export interface DescribeScopeDetectorOptions {
  /** Where the detector's scopes are loaded from: all loaders of its package. */
  readonly loaders: readonly Loader<Scope>[];
  /** False for a detector that answers without looking at queries. Default true. */
  readonly looks?: boolean;
  /** False for a detector whose scopes hold every query. Default: as `looks`. */
  readonly closes?: boolean;
}

/** A query with each of its arrays replaced. */
function withArrays<Q extends Query>(query: Q, replace: (values: Vector, cols: number) => Matrix): Q {
  const single = (values: Vector): Vector => replace(values, values.length).data;
  return {
    ...query,
    lastTokenActivation: single(query.lastTokenActivation),
    ...(query.embedding && { embedding: single(query.embedding) }),
    ...(query.layers && {
      layers: new Map([...query.layers].map(([layer, { data, cols }]) => [layer, replace(data, cols)])),
    }),
  };
}

const asDouble = (query: Query): Query =>
  withArrays(query, (values, cols) => ({
    rows: values.length / cols,
    cols,
    data: Float64Array.from(values),
  }));

/** One column more. */
const wider = <Q extends Query>(query: Q): Q =>
  withArrays(query, (values, cols) => {
    const rows = values.length / cols;
    const data = new Float32Array(rows * (cols + 1));
    for (let i = 0; i < rows; i++) data.set(values.subarray(i * cols, (i + 1) * cols), i * (cols + 1));
    return { rows, cols: cols + 1, data };
  });

/** NaN as the last value of each array. */
const broken = <Q extends Query>(query: Q): Q =>
  withArrays(query, (values, cols) => {
    const data = Float32Array.from(values);
    data[data.length - 1] = Number.NaN;
    return { rows: values.length / cols, cols, data };
  });

function acceptedShare(scope: Scope, queries: readonly Query[]): number {
  return queries.filter((query) => scope.match(query).distance <= scope.threshold).length / queries.length;
}

/**
 * The contract of every {@link ScopeDetector}, as a vitest suite over synthetic queries.
 *
 * @example describeScopeDetector('nearestRow', () => nearestRow(), { loaders: scopeLoaders });
 */
export function describeScopeDetector(
  name: string,
  create: () => ScopeDetector,
  { loaders, looks = true, closes = looks }: DescribeScopeDetectorOptions,
): void {
  describe(`${name} keeps the contract of scope detectors`, () => {
    const input: ScopeInput = syntheticScopeInput(create().needs, 'fit');
    const unseen: ScopeInput = syntheticScopeInput(create().needs, 'unseen');
    const queries: readonly LabelledQuery[] = [...unseen.positives, ...unseen.negatives];
    const sample = queries[0]!;
    let scope: Scope;
    beforeAll(() => {
      scope = create().fit(input);
    });

    it('gives a scope of its kind and needs, a usable threshold and settings that survive JSON', () => {
      expect([scope.kind, scope.needs]).toEqual([create().kind, create().needs]);
      expect(scope.threshold).toBeGreaterThan(0);
      expect(scope.threshold).toBeLessThan(Number.POSITIVE_INFINITY);
      expect(JSON.parse(JSON.stringify(scope.settings))).toEqual(scope.settings);
    });

    it('measures distances >= 0, never NaN, and positions inside the query', () => {
      for (const query of queries) {
        const { distance, position = 0 } = scope.match(query);
        expect(distance).toBeGreaterThanOrEqual(0);
        const positions = [...(query.layers?.values() ?? [])][0]?.rows ?? 1;
        expect(Number.isInteger(position) && position >= 0 && position < positions).toBe(true);
      }
    });

    it('accepts more unseen paraphrases than unseen unrelated prompts, unless it accepts all', () => {
      const paraphrases = acceptedShare(
        scope,
        unseen.positives.filter(({ kind }) => kind === 'paraphrase'),
      );
      const unrelated = acceptedShare(
        scope,
        unseen.negatives.filter(({ kind }) => kind === 'unrelated'),
      );
      if (closes) expect(paraphrases).toBeGreaterThan(unrelated);
      else expect([paraphrases, unrelated]).toEqual([1, 1]);
    });

    it('leaves queries alone, keeps no state between them and gives float32 and float64 one distance', () => {
      const before = structuredClone(sample);
      const first = scope.match(sample);
      for (const query of queries) scope.match(query);
      expect(scope.match(sample)).toEqual(first);
      expect(scope.match(asDouble(sample))).toEqual(first);
      expect(sample).toEqual(before);
    });

    it('fits the same scope from the same queries and leaves them alone', () => {
      const before = structuredClone(input);
      expect(create().fit(input).toTensors()).toEqual(scope.toTensors());
      expect(input).toEqual(before);
    });

    it('is bitwise the same after a trip through a file', () => {
      const loaded = loaderOf(loaders, scope.kind).load(throughFile(scope.toTensors()));
      expect(loaded).toMatchObject({ kind: scope.kind, threshold: scope.threshold, needs: scope.needs });
      expect(loaded.settings).toEqual(scope.settings);
      for (const query of queries) expect(loaded.match(query)).toEqual(scope.match(query));
      expect(loaded.toTensors()).toEqual(scope.toTensors());
    });

    it('is refused by its loader as invalid-file when broken', async () => {
      const loader = loaderOf(loaders, scope.kind);
      for (const [what, bundle] of brokenBundles(scope.toTensors(), loader.version))
        await expectCode(() => loader.load(bundle), 'invalid-file').catch((cause: unknown) => {
          throw new Error(`a bundle with ${what} was not refused`, { cause });
        });
    });

    if (!looks) return;

    it('refuses queries of another width or not finite', async () => {
      await expectCode(() => scope.match(wider(sample)), 'shape-mismatch');
      await expectCode(() => scope.match(broken(sample)), 'invalid-input');
    });

    it('refuses queries that lack what it needs', async () => {
      const bare: Query = { lastTokenActivation: sample.lastTokenActivation };
      const { layers, embedding } = scope.needs;
      if (layers.length > 0 || embedding) await expectCode(() => scope.match(bare), 'invalid-input');
      for (const missing of layers) {
        const rest = new Map([...sample.layers!].filter(([layer]) => layer !== missing));
        await expectCode(() => scope.match({ ...sample, layers: rest }), 'invalid-input');
      }
    });

    it('refuses to fit without positives, on different widths and on values that are not finite', async () => {
      const [first, ...rest] = input.positives;
      const fit = (positives: readonly LabelledQuery[]): Scope => create().fit({ ...input, positives });
      await expectCode(() => fit([]), 'not-enough-data');
      await expectCode(() => fit([...rest, wider(first!)]), 'shape-mismatch');
      await expectCode(() => fit([...rest, broken(first!)]), 'invalid-input');
    });
  });
}
