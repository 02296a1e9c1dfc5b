import { describe, expect, it } from 'vitest';
import { createLineIndex } from './line-index.js';

describe('createLineIndex', () => {
  it('counts lines from 1, a line feed as the end of its own', () => {
    const lines = createLineIndex('a\nb\n');
    expect([0, 1, 2, 3, 4].map((offset) => lines.lineAt(offset))).toEqual([1, 1, 2, 2, 3]);
  });

  it('agrees with counting line feeds', () => {
    const text = 'x\n\nyy\r\n\n\nzzz';
    const lines = createLineIndex(text);
    for (let offset = 0; offset < text.length; offset++)
      expect(lines.lineAt(offset)).toBe(text.slice(0, offset).split('\n').length);
  });
});
