import type { Random } from '@sakejs/spec';
import { fragmentFrames } from './fragment-frames.js';
import { drawAllowed } from './kept-out.js';
import { capitalize } from './made-up-names.js';
import { ordinarySentence } from './ordinary-sentence.js';

/** A sentence without its first or last words, or without both. */
function cutSentence(random: Random): string {
  const words = ordinarySentence(random).split(' ');
  const from = random.next() < 0.5 ? random.integer(Math.ceil(words.length / 2)) : 0;
  const to =
    from > 0 && random.next() < 0.6
      ? words.length
      : Math.max(from + 2, words.length - random.integer(words.length));
  const cut = words.slice(from, to).join(' ');
  const ending = random.next();
  if (/[.!?]$/.test(cut) || ending < 0.5) return cut;
  return cut.replace(/[,;:]$/, '') + (ending < 0.8 ? '.' : '...');
}

/** The first words of one sentence with the last words of another. */
function splicedSentences(random: Random): string {
  const [first, second] = [ordinarySentence(random).split(' '), ordinarySentence(random).split(' ')];
  return [...first.slice(0, Math.ceil(first.length / 2)), ...second.slice(second.length >> 1)].join(' ');
}

/** A sentence as tokenized corpora print it: marks stand apart. */
function spacedMarks(random: Random): string {
  return ordinarySentence(random)
    .replace(/([,;:?!])(?= |$)/g, ' $1')
    .replace(/\.$/, ' .');
}

function drawFragment(random: Random): string {
  const form = random.next();
  if (form < 0.6) return capitalize(random.pick(fragmentFrames)(random));
  if (form < 0.84) return cutSentence(random);
  if (form < 0.94) return splicedSentences(random);
  if (form < 0.97) return spacedMarks(random);
  return ordinarySentence(random).toUpperCase();
}

/**
 * A piece of text that is no whole sentence: a heading, a list item, a reference, a result, a sentence cut off or two
 * halves joined. It may start in lower case and end without a mark; what {@link ordinarySentence} never holds, it never
 * holds either.
 */
export function ordinaryFragment(random: Random): string {
  return drawAllowed(() => drawFragment(random));
}
