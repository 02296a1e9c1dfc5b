import { describe, expect, it } from 'vitest';
import { createExpertSource } from './expert-source.js';

describe("an expert source's fingerprint", () => {
  const print = (text: string, doubts?: number): string | undefined =>
    createExpertSource({ text }, doubts === undefined ? {} : { doubts }).fingerprint;

  it('is that of its prompts, wherever the file lies', () => {
    expect(print('{} is ruled from')).toBe(print('{} is ruled from\n'));
    expect(print('{} is ruled from')).not.toBe(print('{} is governed from'));
  });

  it('changes with what is made besides', () => {
    expect(print('{} is ruled from', 3)).not.toBe(print('{} is ruled from'));
  });
});
