/** The subject's place in a normalised wording. */
export const subjectMark = '{}';

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

/** Normalised `text` with every whole-word mention of `subject` replaced by `{}`. */
export function maskSubject(text: string, subject: string): string {
  const part = normalizeWording(subject);
  const wording = normalizeWording(text);
  if (part === '') return wording;
  let masked = ` ${wording} `;
  while (masked.includes(` ${part} `)) masked = masked.replace(` ${part} `, ` ${subjectMark} `);
  return masked.trim();
}

/** Parts of a text between sentence marks, colons and line ends, subject masked, each normalised. */
export function clauses(text: string, subject: string | undefined): string[] {
  const masked = subject === undefined ? text : replaceMentions(text, subject);
  return masked
    .split(/[.?!:;\n]+/u)
    .map(normalizeWording)
    .filter((clause) => clause !== '');
}

function replaceMentions(text: string, subject: string): string {
  const literal = subject.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return text.replace(
    new RegExp(`(?<![\\p{L}\\p{N}\\p{M}])${literal}(?![\\p{L}\\p{N}\\p{M}])`, 'giu'),
    subjectMark,
  );
}
