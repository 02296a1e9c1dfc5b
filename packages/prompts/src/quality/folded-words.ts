/** Letters that carry a stroke or are joined, which decomposition leaves whole. */
const plain: Readonly<Record<string, string>> = {
  ß: 'ss',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
};

/** Scripts that put no space between words: there a name can stand anywhere. */
const unspacedLetter =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** A text in lower case without accents: `São Tomé` and `SAO TOME` are one. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßøæœłđðþħı]/gu, (letter) => plain[letter]!);
}

/** The folded words of a text: runs of letters and digits; `{}` is one word. */
export function foldedWords(text: string): string[] {
  return foldText(text).match(/\{\}|[\p{L}\p{N}]+/gu) ?? [];
}

/** Where a run of words stands in a text. */
export interface WordRun {
  /** Index of its first word. */
  readonly from: number;
  /** Index after its last word. */
  readonly to: number;
}

/** Every place where `part` stands in `words` as whole words; none for an empty part. */
export function findRuns(words: readonly string[], part: readonly string[]): WordRun[] {
  const runs: WordRun[] = [];
  if (part.length === 0) return runs;
  for (let from = 0; from + part.length <= words.length; from++)
    if (part.every((word, offset) => words[from + offset] === word))
      runs.push({ from, to: from + part.length });
  return runs;
}

/** Whether a text is written, at least in part, without spaces between words. */
export function isUnspaced(text: string): boolean {
  return unspacedLetter.test(text);
}
