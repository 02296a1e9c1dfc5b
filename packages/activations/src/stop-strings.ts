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
 * Ends a stream of tokens before whichever of `stop` is complete first, the longest of those that end together:
 * the same text whichever way it is cut into tokens.
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
      const found = firstComplete(text, stop);
      if (found !== undefined) {
        stopped = true;
        return before(take(), found);
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

/** Where the stop string begins that ends first; of those that end there, the longest. */
function firstComplete(text: string, stop: readonly string[]): number | undefined {
  let start: number | undefined;
  let end = Infinity;
  for (const words of stop) {
    const at = text.indexOf(words);
    if (at < 0 || at + words.length > end) continue;
    if (at + words.length < end || at < start!) start = at;
    end = at + words.length;
  }
  return start;
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
