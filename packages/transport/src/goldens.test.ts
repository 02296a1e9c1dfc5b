import { fromRows, type Matrix } from '@sakejs/spec';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { probeMap, relativeError } from '../test/probe-map.js';
import { buresWasserstein } from './bures-wasserstein.js';

/** Made with POT 0.8.2 by test/goldens/make_transport_goldens.py. */
interface Golden {
  readonly name: string;
  readonly ridge: number;
  readonly source: readonly number[][];
  readonly target: readonly number[][];
  readonly probe: readonly number[][];
  readonly A: readonly number[][];
  readonly b: readonly number[];
  readonly mapped: readonly number[][];
}
const { cases } = JSON.parse(
  readFileSync(new URL('../test/goldens/transport-goldens.json', import.meta.url), 'utf8'),
) as { cases: readonly Golden[] };

const rows = (values: readonly number[][]): Matrix => ({
  ...fromRows(values),
  data: Float64Array.from(values.flat()),
});
/** POT takes matrix square roots; the issue asks for this agreement. */
const TOLERANCE = 1e-6;

describe('buresWasserstein against POT 0.8.2', () => {
  it.each(cases.map((golden) => [golden.name, golden] as const))('reproduces %s', (_, golden) => {
    const map = buresWasserstein({ ridge: golden.ridge }).fit({
      source: rows(golden.source),
      target: rows(golden.target),
    });
    const mapped = golden.probe.map((probe) => map.apply(Float64Array.from(probe)));
    mapped.forEach((values, at) => expect(relativeError(values, golden.mapped[at]!)).toBeLessThan(TOLERANCE));
    const { a, b } = probeMap(map);
    expect(relativeError(a, golden.A.flat())).toBeLessThan(TOLERANCE);
    expect(relativeError(b, golden.b)).toBeLessThan(TOLERANCE);
  });
});
