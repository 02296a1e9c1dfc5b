import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { suggestLayer } from './suggest-layer.js';
import type { FactTrace } from './trace-result.js';

/** A fact with these effects of MLPs at its subject's last token. */
const fact = (...effects: number[]): FactTrace => ({
  ...{ prompt: 'A is', subject: 'A', object: 'B', tokens: ['A', ' is'], subjectTokens: [0, 0] },
  ...{ clean: 1, corrupted: 0 },
  effects: { mlp: effects.map((effect) => [effect, 9]) },
});

describe('suggestLayer', () => {
  it('takes the block with the largest mean over facts', () => {
    const { layer, effect } = suggestLayer([fact(0.1, 0.5, 0.2), fact(0.3, 0.1, 0.2)], 0);
    expect(layer).toBe(1);
    expect(effect).toMatchObject({ value: 0.3, n: 2 });
  });

  it('tells how far facts agree on it', () => {
    const sure = Array.from({ length: 20 }, () => fact(0.1, 0.3, 0.2));
    expect(suggestLayer(sure, 0)).toMatchObject({ layers: [1, 1], share: 1 });
    const torn = sure.map((_, i) => (i % 2 === 0 ? fact(0.3, 0.1, 0) : fact(0.1, 0.32, 0)));
    const { layer, layers, share } = suggestLayer(torn, 0);
    expect([layer, layers]).toEqual([1, [0, 1]]);
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.75);
  });

  it('takes the lowest of equals, and refuses traces without MLPs', async () => {
    expect(suggestLayer([fact(0, 0.2, 0.2)], 0).layer).toBe(1);
    await expectCode(() => suggestLayer([{ ...fact(1), effects: {} }], 0), 'not-enough-data');
  });
});
