/** A seeded stream of pseudo-random numbers. Same seed, same stream, on every machine. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** Standard normal. */
  normal(): number;
  /** One of the values, uniformly. */
  pick<T>(values: readonly T[]): T;
  /** A shuffled copy. */
  shuffle<T>(values: readonly T[]): T[];
  /** An independent stream named `label`; does not advance this one. */
  fork(label: string | number): Random;
  /** The four 32-bit words of state, for checkpoints. */
  state(): [number, number, number, number];
}

/** FNV-1a over UTF-16 code units, then mixed; spreads similar labels. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * xoshiro128** seeded from a number or text (Blackman & Vigna 2018), or resumed from a state.
 * Not for cryptography.
 */
export function createRandom(seed: number | string | readonly [number, number, number, number]): Random {
  let [a, b, c, d] = typeof seed === 'object' ? seed : [1, 2, 3, 4].map((word) => hash32(`${word}:${seed}`));
  const origin = typeof seed === 'object' ? seed.join(',') : String(seed);
  a = a! | 0;
  b = b! | 0;
  c = c! | 0;
  d = d! | 0;
  if ((a | b | c | d) === 0) d = 1;
  const word = (): number => {
    const scaled = Math.imul(b!, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9);
    const t = b! << 9;
    c = c! ^ a!;
    d = d! ^ b!;
    b = b! ^ c;
    a = a! ^ d;
    c = c ^ t;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
  const random: Random = {
    next: () => ((word() >>> 5) * 0x4000000 + (word() >>> 6)) / 0x20000000000000,
    integer: (bound) => Math.floor(random.next() * bound),
    normal: () => {
      const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
      return radius * Math.cos(2 * Math.PI * random.next());
    },
    pick: (values) => values[random.integer(values.length)]!,
    shuffle: (values) => {
      const copy = [...values];
      for (let i = copy.length - 1; i > 0; i--) {
        const j = random.integer(i + 1);
        [copy[i], copy[j]] = [copy[j]!, copy[i]!];
      }
      return copy;
    },
    fork: (label) => createRandom(`${origin}/${label}`),
    state: () => [a! >>> 0, b! >>> 0, c! >>> 0, d! >>> 0],
  };
  return random;
}
