import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from './random.js';

const draw = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.next());
const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('createRandom', () => {
  it('gives the words of xoshiro128** that its authors publish for the state 1, 2, 3, 4', () => {
    const words = [11520, 0, 5927040, 70819200, 2031721883, 1637235492];
    const expected = [0, 2, 4].map((i) => ((words[i]! >>> 5) * 2 ** 26 + (words[i + 1]! >>> 6)) / 2 ** 53);
    expect(draw(createRandom([1, 2, 3, 4]), 3)).toEqual(expected);
  });

  it('keeps giving the numbers that edits, models and records were made with', () => {
    expect(draw(createRandom(0), 2)).toEqual([0.9001232752665383, 0.9582104479047475]);
  });

  it('repeats itself with its seed and no other', () => {
    const streams = [7, 8, '7/', 'a', 'b'].map((seed) => draw(createRandom(seed), 4).join());
    expect(new Set(streams).size).toBe(5);
    expect(draw(createRandom(7), 4).join()).toBe(streams[0]);
  });

  it('goes on from a state as if it had never stopped', () => {
    const random = createRandom('resume');
    draw(random, 5);
    const resumed = createRandom(random.state());
    expect(draw(resumed, 5)).toEqual(draw(random, 5));
    expect(createRandom([0, 0, 0, 0]).next()).not.toBeNaN();
  });

  it('forks streams that depend on the label alone and leaves itself where it was', () => {
    const random = createRandom(1);
    const before = random.state();
    const fork = draw(random.fork('a'), 3);
    expect(random.state()).toEqual(before);
    random.next();
    expect(draw(random.fork('a'), 3)).toEqual(fork);
    expect(draw(random.fork('b'), 3)).not.toEqual(fork);
    expect(draw(createRandom(2).fork('a'), 3)).not.toEqual(fork);
  });

  it('is uniform in [0, 1) and over integers', () => {
    const random = createRandom('uniform');
    const values = draw(random, 20_000);
    expect(values.every((x) => x >= 0 && x < 1)).toBe(true);
    // Four standard errors of a mean of 20,000 uniforms: 4 · 0.2887 / √20000.
    expect(Math.abs(mean(values) - 0.5)).toBeLessThan(0.0082);
    const counts = [0, 0, 0];
    for (let i = 0; i < 9000; i++) counts[random.integer(3)]!++;
    // Four standard deviations of a count: 4 · √(9000 · 1/3 · 2/3).
    for (const count of counts) expect(Math.abs(count - 3000)).toBeLessThan(179);
  });

  it('is normal with mean 0 and variance 1', () => {
    const random = createRandom('normal');
    const values = Array.from({ length: 20_000 }, () => random.normal());
    // Four standard errors: 4 / √20000, and 4 · √(2 / 20000) of the variance.
    expect(Math.abs(mean(values))).toBeLessThan(0.0283);
    expect(Math.abs(mean(values.map((x) => x * x)) - 1)).toBeLessThan(0.04);
  });

  it('shuffles a copy evenly and picks among what it is given', () => {
    const random = createRandom('shuffle');
    const given = Object.freeze([1, 2, 3]);
    const orders = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(given).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect([...orders.keys()].sort()).toEqual(['123', '132', '213', '231', '312', '321']);
    // Four standard deviations of a count: 4 · √(6000 · 1/6 · 5/6).
    for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(116);
    expect(new Set(Array.from({ length: 50 }, () => random.pick(given)))).toEqual(new Set(given));
  });
});
