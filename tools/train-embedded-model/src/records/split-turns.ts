/** Settings are chosen on `dev`; `test` is only for reporting. */
export type Split = 'dev' | 'test';

/**
 * Deals `count` edits to two halves, the odd one to `test`: an even turn goes to `test`, an odd one to `dev`, unless
 * that half is full.
 */
export function splitTurns(count: number): (turn: number) => Split {
  const room = { test: Math.ceil(count / 2), dev: Math.floor(count / 2) };
  return (turn) => {
    const wanted = turn % 2 === 0 ? 'test' : 'dev';
    const split = room[wanted] > 0 ? wanted : wanted === 'test' ? 'dev' : 'test';
    room[split]--;
    return split;
  };
}
