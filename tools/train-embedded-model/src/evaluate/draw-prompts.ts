import type { ExpectedAnswer } from './greedy-outcomes.js';

const TRIES_EACH = 20;

/** `count` different prompts from a draw by turn number that may give none; fewer where most draws give none new. */
export function drawPrompts(
  count: number,
  draw: (turn: number) => ExpectedAnswer | undefined,
): ExpectedAnswer[] {
  const drawn = new Map<string, ExpectedAnswer>();
  for (let turn = 0; drawn.size < count && turn < TRIES_EACH * count; turn++) {
    const made = draw(turn);
    if (made) drawn.set(made.prompt, made);
  }
  return [...drawn.values()];
}
