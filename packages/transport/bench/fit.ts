import { createRandom, type Matrix } from '@sakejs/spec';
import { buresWasserstein } from '../src/index.js';

/** Prints how long fitting and applying take, the median of five runs after one to warm up. */
const SOURCE_ROWS = 200;
const TARGET_ROWS = 100;
const RUNS = 5;

function rows(seed: string, count: number, dim: number): Matrix<Float32Array> {
  const random = createRandom(seed);
  return { rows: count, cols: dim, data: Float32Array.from({ length: count * dim }, () => random.normal()) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function milliseconds(act: () => void): number {
  const start = performance.now();
  act();
  return performance.now() - start;
}

for (const dim of [768, 1600]) {
  const input = { source: rows('source', SOURCE_ROWS, dim), target: rows('target', TARGET_ROWS, dim) };
  const mapper = buresWasserstein();
  const map = mapper.fit(input);
  const activation = input.source.data.subarray(0, dim);
  map.apply(activation);
  const fit = median(Array.from({ length: RUNS }, () => milliseconds(() => mapper.fit(input))));
  const applications = 100;
  const apply = median(
    Array.from({ length: RUNS }, () =>
      milliseconds(() => {
        for (let i = 0; i < applications; i++) map.apply(activation);
      }),
    ),
  );
  const line = [
    `d = ${dim}`,
    `n_s = ${SOURCE_ROWS}`,
    `n_t = ${TARGET_ROWS}`,
    `k = ${map.settings['rank']}`,
    `fit ${fit.toFixed(0)} ms`,
    `apply ${(apply / applications).toFixed(2)} ms`,
  ].join(', ');
  process.stdout.write(`${line}\n`);
}
