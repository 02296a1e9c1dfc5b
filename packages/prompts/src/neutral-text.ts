import type { Random } from '@sakejs/spec';

/** One or two sentences, the last of them whole or cut off after three words or more. */
export function neutralText(sentences: readonly string[], random: Random): string {
  const last = random.pick(sentences);
  const words = last.split(' ');
  const cut = random.next() < 0.5 && words.length > 4;
  const ending = cut ? words.slice(0, 3 + random.integer(words.length - 4)).join(' ') : last;
  return random.next() < 0.5 ? `${random.pick(sentences)} ${ending}` : ending;
}
