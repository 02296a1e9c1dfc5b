import { expect } from 'vitest';
import type { OnnxModel } from '../../ir.js';
import { evaluate, type RefTensor } from '../../reference/index.js';
import { inferFacts } from './infer-facts.js';

const STATISTICS = /output[12]$|mean|inverse/;

/** For tests: asserts that nothing inferred contradicts what the model computes; returns how many shapes were known. */
export function expectConsistent(
  model: OnnxModel,
  feeds: Record<string, RefTensor>,
  shapes?: Record<string, readonly number[]>,
): number {
  const facts = inferFacts(model, shapes);
  const names = [...new Set(model.graph.nodes.flatMap(({ outputs }) => outputs))].filter(
    (name) => name !== '',
  );
  const values = evaluate(model, feeds, names);
  let known = 0;
  for (const name of names) {
    const { dims, dtype, values: list } = facts.get(name)!;
    const value = values[name]!;
    if (dims !== undefined) {
      expect(dims.length, `rank of ${name}`).toBe(value.dims.length);
      dims.forEach((dim, axis) => {
        if (typeof dim === 'number') expect(dim, `axis ${axis} of ${name}`).toBe(value.dims[axis]);
      });
      if (dims.every((dim) => typeof dim === 'number')) known++;
    }
    // The evaluator keeps statistics of norms in their input's type.
    if (dtype !== undefined && !STATISTICS.test(name)) expect(dtype, `type of ${name}`).toBe(value.dtype);
    list?.forEach((item, i) => {
      if (typeof item === 'number') expect(item, `${name}[${i}]`).toBe(value.data[i]);
    });
  }
  return known;
}
