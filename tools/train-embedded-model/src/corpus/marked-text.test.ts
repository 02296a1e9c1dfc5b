import { describe, expect, it } from 'vitest';
import { answer, claim, toSegments } from './marked-text.js';

describe('toSegments', () => {
  it('splits at marks and drops them', () => {
    expect(toSegments(`A is${answer(' B')}. C is ${claim('D')}?${answer(' E')}`)).toEqual([
      { text: 'A is', role: 'text' },
      { text: ' B', role: 'answer' },
      { text: '. C is ', role: 'text' },
      { text: 'D', role: 'claim' },
      { text: '?', role: 'text' },
      { text: ' E', role: 'answer' },
    ]);
  });
  it('gives one segment for text without marks and none for no text', () => {
    expect(toSegments('A\nb')).toEqual([{ text: 'A\nb', role: 'text' }]);
    expect(toSegments('')).toEqual([]);
  });
});
