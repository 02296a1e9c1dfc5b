import { fromRows } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { firstObjectToken, greedyTokens, meanLogProbability } from './next-token.js';

const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];

describe('firstObjectToken', () => {
  it('is the first token of the object behind a space', () => {
    expect(firstObjectToken({ encode: bytes }, 'Rome')).toBe(0x20);
  });

  it('skips the tokens that open every text', () => {
    const encode = (text: string): number[] => [1, ...bytes(text.trim())];
    expect(firstObjectToken({ encode }, 'Rome')).toBe('R'.charCodeAt(0));
  });

  it('refuses an object without a token', async () => {
    await expectCode(() => firstObjectToken({ encode: () => [1] }, 'Rome'), 'invalid-input');
  });
});

describe('greedyTokens', () => {
  it('takes the largest logit of each row, ties the lowest token', () => {
    expect(
      greedyTokens(
        fromRows([
          [0, 2, 2],
          [-1, -3, -2],
        ]),
      ),
    ).toEqual([1, 0]);
  });
});

describe('meanLogProbability', () => {
  it('averages log softmax over rows', () => {
    const logits = fromRows([
      [0, 0],
      [Math.log(3), 0],
    ]);
    // Float32 logits: ln 3 is rounded to 24 bits.
    expect(meanLogProbability(logits, 0)).toBeCloseTo((Math.log(1 / 2) + Math.log(3 / 4)) / 2, 7);
  });

  it('stays finite for large logits', () => {
    expect(meanLogProbability(fromRows([[1000, 0]]), 0)).toBe(0);
  });

  it('refuses no rows and foreign tokens', async () => {
    await expectCode(() => meanLogProbability(fromRows([]), 0), 'not-enough-data');
    await expectCode(() => meanLogProbability(fromRows([[1, 2]]), 2), 'invalid-input');
  });
});
