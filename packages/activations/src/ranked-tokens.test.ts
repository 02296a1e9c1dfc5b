import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { rankedTokens } from './ranked-tokens.js';

describe('rankedTokens', () => {
  it('ranks by logit, equal ones by id', () => {
    expect([...rankedTokens(Float32Array.of(1, 3, -Infinity, 3, 2))]).toEqual([1, 3, 4, 0, 2]);
  });

  it('gives what a sort gives, for every size and with many ties', () => {
    const random = createRandom('ranked tokens');
    for (let size = 0; size < 40; size++) {
      const logits = Float32Array.from({ length: size }, () => random.integer(7) - 3);
      const sorted = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
      expect([...rankedTokens(logits)]).toEqual(sorted);
    }
  });
});
