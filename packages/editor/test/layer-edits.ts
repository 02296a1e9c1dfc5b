import { fromRows, type LayerHookEdit, type Provenance, row, type WeightDeltaEdit } from '@sakejs/spec';
import { editId } from '../src/edit-id.js';
import { objectTokens } from '../src/next-token.js';
import { centroidScope } from './centroid.js';
import { capitalRequest, createTestLM } from './world.js';

const lm = createTestLM();

const provenance = (at: number): Provenance => ({
  method: 'test',
  createdAt: `2026-01-0${at}T00:00:00.000Z`,
  model: { id: lm.info.id, sha256: lm.info.sha256 },
  seed: 0,
  prompts: { count: 1, source: { kind: 'test' } },
  rows: { source: 0, target: 0, obeying: 0 },
  versions: {},
});

/** The state that says an object more than any other: the row of the head that its first token is read with. */
async function stateOf(object: string): Promise<Float32Array> {
  const token = objectTokens(lm, object)[0]!;
  return (await lm.capture([[token]], { layer: 0 })).data;
}

/** What is left of values without their parts along vectors that are at right angles to each other. */
function without(values: Float32Array, basis: readonly Float32Array[]): Float32Array {
  const dot = (a: Float32Array, b: Float32Array): number =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  return basis.reduce((left, axis) => {
    const part = dot(left, axis) / dot(axis, axis);
    return left.map((value, i) => value - part * axis[i]!);
  }, values);
}

/** Adds what says the new capital, or puts it in the place of the state, at the last token after block 1. */
export async function hookCapital(
  subject: Parameters<typeof capitalRequest>[0],
  targetNew: string,
  { threshold = 0.1, operation = 'add' }: { threshold?: number; operation?: 'add' | 'replace' } = {},
): Promise<LayerHookEdit> {
  const request = capitalRequest(subject, targetNew);
  const [query] = await lm.observe([`The capital of ${subject} is`]);
  return {
    kind: 'layer-hook',
    id: editId(request),
    request,
    hook: {
      layer: 1,
      operation,
      anchor: 'end',
      values: fromRows([(await stateOf(targetNew)).map((value) => 4 * value)]),
    },
    scope: centroidScope(Float64Array.from(query!.lastTokenActivation), threshold),
    provenance: provenance(1),
  };
}

/** A rank-one change of block 1 that says the new capital where the key is that of the question. */
export async function weighCapital(
  subject: Parameters<typeof capitalRequest>[0],
  targetNew: string,
  at = 1,
): Promise<WeightDeltaEdit> {
  const request = capitalRequest(subject, targetNew);
  const subjects = ['France', 'Peru', 'Japan'].sort((a, b) => Number(a === subject) - Number(b === subject));
  const asks = subjects.map((name) => `The capital of ${name} is`);
  const keys = (await lm.layers!.captureKeys(asks, { layers: [1] })).get(1)!;
  const key = row(keys, 2) as Float32Array;
  // At right angles to the keys of other subjects, so that these are left alone.
  const own = [0, 1, 2]
    .map((at) => row(keys, at) as Float32Array)
    .reduce<Float32Array[]>((basis, next) => [...basis, without(next, basis)], [])[2]!;
  const size = own.reduce((sum, value, i) => sum + value * key[i]!, 0);
  const state = await stateOf(targetNew);
  return {
    kind: 'weight-delta',
    id: editId(request),
    request,
    deltas: [
      {
        layer: 1,
        u: { rows: state.length, cols: 1, data: state.map((value) => 4 * value) },
        v: { rows: 1, cols: own.length, data: own.map((value) => value / size) },
      },
    ],
    keys: [{ layer: 1, key }],
    provenance: provenance(at),
  };
}
