/** The words of a text, split at white space; an underscore stands for a space inside one entry. */
export function wordList(text: string): string[] {
  return text
    .trim()
    .split(/\s+/)
    .map((word) => word.replaceAll('_', ' '));
}
