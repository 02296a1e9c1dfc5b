/**
 * Token ids from the largest logit down, equal ones by id, without sorting them all.
 *
 * A heap: V steps to build, log V for each token that is taken.
 */
export function* rankedTokens(logits: Float32Array): Generator<number, void, undefined> {
  const heap = Uint32Array.from(logits.keys());
  let size = heap.length;
  const before = (a: number, b: number): boolean =>
    logits[a]! > logits[b]! || (logits[a] === logits[b] && a < b);
  const sink = (from: number): void => {
    const token = heap[from]!;
    let at = from;
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, token)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = token;
  };
  for (let at = (size >> 1) - 1; at >= 0; at--) sink(at);
  while (size > 0) {
    const token = heap[0]!;
    heap[0] = heap[--size]!;
    sink(0);
    yield token;
  }
}
