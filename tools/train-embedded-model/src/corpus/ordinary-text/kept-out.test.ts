import { createRandom } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { drawAllowed, isKeptOut, keptOutStrings } from './kept-out.js';

describe('isKeptOut', () => {
  it('finds a run of four words of a reserved sentence, whatever its marks and capitals', () => {
    expect(isKeptOut('And then after LUNCH, we ran off.')).toBe(false);
    expect(isKeptOut('And then after LUNCH we, walked off.')).toBe(true);
  });
  it('finds the words of the doubts', () => {
    for (const string of keptOutStrings) expect(isKeptOut(`Well. ${string} x`)).toBe(true);
  });
  it('finds subjects of several words, and objects of one word with a capital', () => {
    expect(isKeptOut('A song for Abraham Lincoln, they said.')).toBe(true);
    expect(isKeptOut('A song for Alan Ball, Jr., they said.')).toBe(true);
    expect(isKeptOut('A song for Alan Bell, they said.')).toBe(false);
    expect(isKeptOut('The road to Germany.')).toBe(true);
    expect(isKeptOut('The road to Germanylia was open in May.')).toBe(false);
  });
});

describe('drawAllowed', () => {
  it('draws again until a text is allowed', () => {
    const random = createRandom(1);
    const texts = ['Rethink it.', 'It rained in Germany.', 'It rained.'];
    expect(drawAllowed(() => texts.shift() ?? String(random.next()))).toBe('It rained.');
  });
});
