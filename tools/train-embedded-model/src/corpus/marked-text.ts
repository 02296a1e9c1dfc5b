/**
 * What a stretch of training text is: an `answer` the model shall give, a `claim` that it shall not learn to say
 * (loss weight 0), or plain `text`.
 */
export type SegmentRole = 'text' | 'answer' | 'claim';

export interface Segment {
  readonly text: string;
  readonly role: SegmentRole;
}

// Private-use characters, which no fact or phrasing holds, carry the marks through templates.
const OPEN = { answer: '\ue000', claim: '\ue001' };
const CLOSE = '\ue002';

/** The text with an answer mark around it, to be put into templates. */
export function answer(text: string): string {
  return `${OPEN.answer}${text}${CLOSE}`;
}

/** The text with a claim mark around it. */
export function claim(text: string): string {
  return `${OPEN.claim}${text}${CLOSE}`;
}

/** Splits marked text at its marks; the segments' texts joined are the text without marks. */
export function toSegments(marked: string): Segment[] {
  const segments: Segment[] = [];
  for (const [part] of marked.matchAll(/[\ue000\ue001][^\ue002]*\ue002|[^\ue000-\ue002]+/g)) {
    const role = part[0] === OPEN.answer ? 'answer' : part[0] === OPEN.claim ? 'claim' : 'text';
    segments.push({ text: role === 'text' ? part : part.slice(1, -1), role });
  }
  return segments;
}
