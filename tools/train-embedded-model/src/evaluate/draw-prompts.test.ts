import { describe, expect, it } from 'vitest';
import { drawPrompts } from './draw-prompts.js';

const numbered = (turn: number) => ({ prompt: String(turn), object: 'x' });

describe('drawPrompts', () => {
  it('draws until there are enough, past turns that give nothing', () => {
    const drawn = drawPrompts(3, (turn) => (turn % 4 === 0 ? numbered(turn) : undefined));
    expect(drawn.map(({ prompt }) => prompt)).toEqual(['0', '4', '8']);
  });
  it('counts a prompt once and gives up where none is new', () => {
    expect(drawPrompts(5, (turn) => numbered(turn % 2))).toEqual([numbered(0), numbered(1)]);
    expect(drawPrompts(5, () => undefined)).toEqual([]);
  });
});
