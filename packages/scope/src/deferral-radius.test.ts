import { matrix, type Query, type Scope } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { deferralRadius, deferralRadiusLoader } from './deferral-radius.js';

const LAYER = 2;

/** A query whose last state after block 2 is at these coordinates. */
const at = (...state: number[]): Query => ({
  lastTokenActivation: new Float32Array(state.length),
  layers: new Map([[LAYER, matrix(2, state.length, Float32Array.from([...state.map(() => 99), ...state]))]]),
});

const ball = (key: number[], radius = 1, label = 'Rome', layer = LAYER): Scope =>
  deferralRadius({ layer, key: Float32Array.from(key), radius, label });

/** Scopes as they are when all are live, oldest first. */
const beside = (...scopes: Scope[]): Scope[] => scopes.map((scope) => scope.beside!(scopes));

const holds = (scope: Scope, query: Query): boolean => scope.match(query).distance <= scope.threshold;

describe('deferralRadius', () => {
  it('holds what is within the radius of the last state', () => {
    const scope = ball([3, 4], 5);
    expect(scope.match(at(0, 0))).toEqual({ distance: 5 });
    expect(holds(scope, at(0, 0))).toBe(true);
    expect(holds(scope, at(-0.1, 0))).toBe(false);
    expect(scope.needs).toEqual({ layers: [LAYER], embedding: false });
  });

  it('keeps its radius beside entries that are far away or of other blocks', () => {
    const [one, two] = beside(ball([0, 0]), ball([2.1, 0], 1, 'Tokyo'));
    expect([one!.threshold, two!.threshold]).toEqual([1, 1]);
    const [alone] = beside(ball([0, 0]), ball([0.1, 0], 1, 'Tokyo', 3));
    expect(alone!.threshold).toBe(1);
  });

  it('splits the way to a neighbour of another label', () => {
    const [one, two] = beside(ball([0, 0]), ball([1, 0], 1, 'Tokyo'));
    expect(two!.threshold).toBe(0.5);
    expect(one!.threshold).toBeCloseTo(0.5 - 1e-5, 12);
    expect([holds(one!, at(0.4, 0)), holds(two!, at(0.4, 0))]).toEqual([true, false]);
    expect([holds(one!, at(0.6, 0)), holds(two!, at(0.6, 0))]).toEqual([false, true]);
  });

  it('grows to a neighbour of the same label, whose ball stays', () => {
    const [one, two] = beside(ball([0, 0]), ball([1.5, 0]));
    expect([one!.threshold, two!.threshold]).toEqual([1.5, 1]);
    expect(holds(one!, at(0.7, 0))).toBe(true);
    expect(beside(ball([0, 0]), ball([0.5, 0]))[0]!.threshold).toBe(1);
  });

  it('meets entries in the order in which they came, and forgets those that are gone', () => {
    const [first, second, third] = [ball([0, 0]), ball([1, 0], 1, 'Tokyo'), ball([0, 0.5], 1, 'Lima')];
    const radii = beside(first, second, third).map(({ threshold }) => threshold);
    expect(radii[0]).toBeCloseTo(0.25 - 1e-5, 12);
    expect(radii.slice(1)).toEqual([0.5, 0.25]);
    expect(beside(second).map(({ threshold }) => threshold)).toEqual([1]);
    expect(first.threshold).toBe(1);
  });

  it('leaves a query to its nearest key, whatever the others reach', () => {
    const [wide, narrow] = beside(ball([0, 0], 4), ball([5, 0], 0.5, 'Tokyo'));
    expect([holds(wide!, at(3, 0)), holds(narrow!, at(3, 0))]).toEqual([false, false]);
    expect(holds(wide!, at(2, 0))).toBe(true);
  });

  it('gives the newer of two entries of one key what there is', () => {
    const [older, newer] = beside(ball([1, 1]), ball([1, 1], 1, 'Tokyo'));
    expect([holds(older!, at(1, 1)), holds(newer!, at(1, 1))]).toEqual([false, true]);
  });

  it('comes back from its tensors the same', () => {
    const [one, two] = [ball([0, 0.1]), ball([1, 0], 1, 'Tokyo')];
    const again = [one, two].map((scope) => deferralRadiusLoader.load(scope.toTensors()));
    expect(again.map((scope) => scope.toTensors())).toEqual([one, two].map((scope) => scope.toTensors()));
    expect(beside(...again).map((scope) => scope.match(at(0.2, 0)))).toEqual(
      beside(one, two).map((scope) => scope.match(at(0.2, 0))),
    );
  });

  it('refuses what is no ball, and queries without the block', async () => {
    await expectCode(() => ball([0], 0), 'invalid-option');
    await expectCode(() => ball([0], Infinity), 'invalid-option');
    await expectCode(() => ball([0], 1, '', -1), 'invalid-option');
    await expectCode(() => ball([]), 'invalid-input');
    await expectCode(() => ball([NaN]), 'invalid-input');
    await expectCode(() => ball([0]).match({ lastTokenActivation: new Float32Array(1) }), 'invalid-input');
    await expectCode(() => ball([0]).match(at(0, 0)), 'shape-mismatch');
  });
});
