import type { GeneratedToken } from '@sakejs/spec';

/** Holds tokens back while their text may belong to a stop string. */
export interface StopFilter {
  /** Tokens that can be shown now; after `stopped` nothing more comes. */
  push(token: GeneratedToken): GeneratedToken[];
  /** What was held back, once generation has ended. */
  flush(): GeneratedToken[];
  readonly stopped: boolean;
}

/**
 * Ends a stream of tokens before the first of `stop`, whichever way the text is cut into tokens.
 *
 * A token that lies half before the stop string keeps that half of its text; tokens of the stop string itself do not
 * come out.
 */
export function createStopFilter(stop: readonly string[]): StopFilter {
  let held: GeneratedToken[] = [];
  let stopped = false;
  const take = (): GeneratedToken[] => {
    const out = held;
    held = [];
    return out;
  };
  return {
    get stopped() {
      return stopped;
    },
    push(token) {
      held.push(token);
      const text = held.map((piece) => piece.text).join('');
      const found = stop.map((words) => text.indexOf(words)).filter((at) => at >= 0);
      if (found.length > 0) {
        stopped = true;
        return before(take(), Math.min(...found));
      }
      const safe = text.length - longestOpenMatch(text, stop);
      let shown = 0;
      let count = 0;
      while (count < held.length && shown + held[count]!.text.length <= safe)
        shown += held[count++]!.text.length;
      return held.splice(0, count);
    },
    flush: take,
  };
}

/** The pieces that make up the first `length` characters. */
function before(tokens: readonly GeneratedToken[], length: number): GeneratedToken[] {
  const out: GeneratedToken[] = [];
  let left = length;
  for (const token of tokens) {
    if (left <= 0) break;
    out.push(token.text.length <= left ? token : { ...token, text: token.text.slice(0, left) });
    left -= token.text.length;
  }
  return out;
}

/** Length of the longest end of `text` that begins one of `stop`. */
function longestOpenMatch(text: string, stop: readonly string[]): number {
  let longest = 0;
  for (const words of stop)
    for (let length = Math.min(words.length - 1, text.length); length > longest; length--)
      if (text.endsWith(words.slice(0, length))) {
        longest = length;
        break;
      }
  return longest;
}
