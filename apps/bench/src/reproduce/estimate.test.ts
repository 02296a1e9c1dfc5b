import { describe, expect, it } from 'vitest';
import { EMBEDDED_BYTES, estimate, estimateText, type ReproduceWork } from './estimate.js';
import { reproducedMethods } from './reproduced-tables.js';

const work: ReproduceWork = {
  edits: [200, 200, 150],
  methods: reproducedMethods,
  protocols: ['paper', 'strict'],
  count: 50,
  ablated: 50,
  workers: 1,
};
const secondsOf = (change: Partial<ReproduceWork>, bytes = EMBEDDED_BYTES): number =>
  estimate(bytes, { ...work, ...change }).seconds;

describe('estimate', () => {
  it('grows with the square of live edits, and with the weights but for comparing with them', () => {
    const twice = secondsOf({ edits: [400, 400, 300] });
    expect(twice).toBeGreaterThan(2 * secondsOf({ ablated: 0 }));
    expect(twice).toBeLessThan(4 * secondsOf({}));
    const large = secondsOf({}, 100 * EMBEDDED_BYTES);
    expect(large).toBeGreaterThan(50 * secondsOf({}));
    expect(large).toBeLessThan(100 * secondsOf({}));
  });

  it('grows with methods, what they learn, prompts and protocols', () => {
    const few = secondsOf({ methods: ['none', 'icl'] });
    expect(secondsOf({ methods: ['none', 'icl', 'uniform'] })).toBeGreaterThan(few);
    expect(secondsOf({ methods: ['none', 'icl', 'sake'] })).toBeGreaterThan(
      secondsOf({ methods: ['none', 'icl', 'uniform'] }),
    );
    expect(secondsOf({ methods: ['none', 'icl', './mine.mjs'] })).toBe(
      secondsOf({ methods: ['none', 'icl', 'sake'] }),
    );
    expect(secondsOf({ count: 100 })).toBeGreaterThan(secondsOf({}));
    const paper = secondsOf({ protocols: ['paper'] });
    expect(secondsOf({ protocols: ['strict'] })).toBeGreaterThan(paper);
    expect(secondsOf({})).toBeGreaterThan(secondsOf({ protocols: ['strict'] }));
  });

  it('compares no edits of the unedited model, and none that live alone', () => {
    const alone = { ablated: 0, methods: ['none'] };
    expect(secondsOf({ ...alone, edits: [200] })).toBeCloseTo(2 * secondsOf({ ...alone, edits: [100] }), 9);
    const paper = { ablated: 0, protocols: ['paper'] as const };
    expect(secondsOf({ ...paper, edits: [200] })).toBeCloseTo(2 * secondsOf({ ...paper, edits: [100] }), 9);
  });

  it('shares time among workers and gives each its memory', () => {
    const [one, two] = [1, 2].map((workers) => estimate(1e9, { ...work, workers }));
    expect(two!.seconds).toBeCloseTo(one!.seconds / 2, 6);
    expect(two!.memory).toBeCloseTo(2 * one!.memory, 0);
    expect(one!.memory).toBeGreaterThan(1e9);
  });

  it('asks no less for a model smaller than the embedded one', () => {
    expect(secondsOf({}, 1)).toBe(secondsOf({}));
  });

  it('is near the 22 minutes that the whole takes on two cores', () => {
    const minutes = secondsOf({ workers: 2 }) / 60;
    expect(minutes).toBeGreaterThan(18);
    expect(minutes).toBeLessThan(27);
  });

  it('reads as a sentence', () => {
    const text = estimateText(EMBEDDED_BYTES, { ...work, edits: [20, 20], ablated: 6, workers: 2 });
    expect(text).toMatch(/^roughly \d+m \d\ds on as many cores as workers \(2\), and \d\.\d GiB of memory$/);
  });
});
