import type { Random } from '@sakejs/spec';
import { openers } from './describing-words.js';
import { drawAllowed } from './kept-out.js';
import { capitalize } from './made-up-names.js';
import { clauseEnds, clauseFrames, clauseJoins, completeFrames } from './sentence-frames.js';

function drawSentence(random: Random): string {
  const form = random.next();
  if (form < 0.18) return capitalize(random.pick(completeFrames)(random));
  const clause = random.pick(clauseFrames)(random);
  if (form < 0.66) return capitalize(`${clause}.`);
  if (form < 0.76) return `${random.pick(openers)}, ${clause}.`;
  if (form < 0.84) return capitalize(clause + random.pick(clauseEnds)(random));
  const [before, between, after] = random.pick(clauseJoins);
  return capitalize(before + clause + between + random.pick(clauseFrames)(random) + after);
}

/**
 * One grammatical, mostly meaningless English sentence about made-up people, places and things.
 *
 * It starts with a capital, a digit or a quotation mark and ends with `.`, `!` or `?`. It names no subject of the fact tables of two words or more, and holds nothing kept out of training.
 */
export function ordinarySentence(random: Random): string {
  return drawAllowed(() => drawSentence(random));
}
