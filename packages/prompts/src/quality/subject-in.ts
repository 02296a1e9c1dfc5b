import { isUnspaced } from './folded-words.js';

const endsInWord = /[\p{L}\p{N}\p{M}]$/u;
const startsWithWord = /^[\p{L}\p{N}\p{M}]/u;

/** The first of the names that stands in the text as it is written, as whole words; undefined where none does. */
export function subjectIn(text: string, names: readonly string[]): string | undefined {
  return names.find((name) => standsIn(text, name));
}

function standsIn(text: string, name: string): boolean {
  if (isUnspaced(name)) return text.includes(name);
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = text.slice(Math.max(0, at - 2), at);
    const after = text.slice(at + name.length, at + name.length + 2);
    if (
      !(endsInWord.test(before) && startsWithWord.test(name)) &&
      !(startsWithWord.test(after) && endsInWord.test(name))
    )
      return true;
  }
  return false;
}
