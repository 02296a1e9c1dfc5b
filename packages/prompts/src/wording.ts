/** The subject's place in a normalised wording. */
export const subjectMark = '{}';

const endsInWord = /[\p{L}\p{N}\p{M}]$/u;
const startsWithWord = /^[\p{L}\p{N}\p{M}]/u;

/** Words of a text: runs of letters, digits and marks, lower case, and `{}` as one word. */
export function words(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/\{\}|[\p{L}\p{N}\p{M}]+/gu) ?? []
  );
}

/** A text's words joined by single spaces: case, punctuation and white space aside. */
export function normalizeWording(text: string): string {
  return words(text).join(' ');
}

/** Whether normalised `text` holds normalised `part` as whole words; an empty part is in no text. */
export function containsWording(text: string, part: string): boolean {
  return part !== '' && ` ${text} `.includes(` ${part} `);
}

/** Parts of a text between sentence marks, colons and line ends, each normalised, every subject masked as `{}`. */
export function clauses(text: string, ...subjects: readonly string[]): string[] {
  const masked = subjects.reduce(maskSubject, text);
  return masked
    .split(/[.?!:;\n]+/u)
    .map(normalizeWording)
    .filter((clause) => clause !== '');
}

/** A text with whole-word mentions of a subject replaced by `{}`, whatever their case. */
export function maskSubject(text: string, subject: string): string {
  const literal = subject.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  // Compiling property classes into each subject's pattern would cost a hundred times the search.
  return text.replace(new RegExp(literal, 'giu'), (mention, at: number) =>
    endsInWord.test(text.slice(Math.max(0, at - 2), at)) ||
    startsWithWord.test(text.slice(at + mention.length, at + mention.length + 2))
      ? mention
      : subjectMark,
  );
}
