import type { CausalLM } from '@sakejs/spec';

const WORD = /[\p{L}\p{N}]/u;

/** Where the last whole-word mention of the subject ends; any mention where none stands as a word. */
export function lastMentionEnd(text: string, subject: string): number | undefined {
  for (
    let start = text.lastIndexOf(subject);
    start >= 0;
    start = start === 0 ? -1 : text.lastIndexOf(subject, start - 1)
  ) {
    const end = start + subject.length;
    const before = text.slice(0, start).at(-1) ?? '';
    const after = text.slice(end).at(0) ?? '';
    if (!WORD.test(before) && !WORD.test(after)) return end;
  }
  const start = text.lastIndexOf(subject);
  return start < 0 ? undefined : start + subject.length;
}

/**
 * Token index of the last token of a subject's last mention, or undefined when the text does not name it.
 *
 * The text up to the end of the mention is tokenised alone and compared with the whole text's tokens. Where
 * it is their prefix, the answer is its last token. Where the tokenizer merged the subject's end with what
 * follows, the longest common prefix is kept and the answer is the first token after it by which the whole
 * text has reached the subject's end. A mention inside a longer word (`Al` in `Also`) counts only when there is
 * no other, as in languages written without spaces.
 */
export function subjectPosition(
  lm: Pick<CausalLM, 'encode' | 'decode'>,
  text: string,
  subject: string,
): number | undefined {
  if (subject === '') return undefined;
  const end = lastMentionEnd(text, subject);
  if (end === undefined) return undefined;
  const whole = lm.encode(text);
  const prefix = lm.encode(text.slice(0, end));
  let common = 0;
  while (common < prefix.length && common < whole.length && prefix[common] === whole[common]) common++;
  if (common === prefix.length) return common - 1;
  const remaining = lm.decode(prefix.slice(common)).length;
  let position = common;
  while (position < whole.length - 1 && lm.decode(whole.slice(common, position + 1)).length < remaining)
    position++;
  return position;
}
