/** A pair of tokens as one number: `left * 2^20 + right`. */
export type PairKey = number;

const RIGHT = 2 ** 20;

/** The most tokens a vocabulary may have for pairs to be one number. */
export const MAX_TOKENS: number = RIGHT;

export function pairKey(left: number, right: number): PairKey {
  return left * RIGHT + right;
}

export function pairOf(key: PairKey): [left: number, right: number] {
  return [Math.floor(key / RIGHT), key % RIGHT];
}

/** A queue of pairs, the most frequent first, ties to the lowest left id, then the lowest right id. */
export interface PairQueue {
  push(key: PairKey, count: number): void;
  /** Takes the first entry out, as [key, count]; undefined when empty. */
  pop(): [key: PairKey, count: number] | undefined;
}

/** A binary heap; a pair may stand in it with several counts, the caller discards those that are out of date. */
export function createPairQueue(): PairQueue {
  const keys: number[] = [];
  const counts: number[] = [];
  const before = (a: number, b: number): boolean =>
    counts[a]! > counts[b]! || (counts[a] === counts[b] && keys[a]! < keys[b]!);
  const swap = (a: number, b: number): void => {
    [keys[a], keys[b]] = [keys[b]!, keys[a]!];
    [counts[a], counts[b]] = [counts[b]!, counts[a]!];
  };
  return {
    push(key, count) {
      let at = keys.push(key) - 1;
      counts.push(count);
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!before(at, parent)) break;
        swap(at, parent);
        at = parent;
      }
    },
    pop() {
      if (keys.length === 0) return undefined;
      swap(0, keys.length - 1);
      const top: [number, number] = [keys.pop()!, counts.pop()!];
      let at = 0;
      for (;;) {
        const left = 2 * at + 1;
        if (left >= keys.length) break;
        const child = left + 1 < keys.length && before(left + 1, left) ? left + 1 : left;
        if (!before(child, at)) break;
        swap(at, child);
        at = child;
      }
      return top;
    },
  };
}
