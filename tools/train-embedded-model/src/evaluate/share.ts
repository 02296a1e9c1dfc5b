/** A share in 0..1 of so many prompts; null of none. */
export interface Share {
  readonly share: number | null;
  readonly n: number;
}

/** Counts outcomes. */
export interface Tally extends Share {
  add(right: boolean): void;
}

/** A tally of nothing yet. */
export function createTally(): Tally {
  let n = 0;
  let right = 0;
  return {
    add(isRight) {
      n++;
      if (isRight) right++;
    },
    get n() {
      return n;
    },
    get share() {
      return n === 0 ? null : right / n;
    },
  };
}

/** The shares of named tallies. */
export function sharesOf<Name extends string>(
  shares: Readonly<Record<Name, Share>>,
): Record<Name, number | null> {
  return mapValues(shares, ({ share }) => share);
}

/** The counts of named tallies. */
export function countsOf<Name extends string>(shares: Readonly<Record<Name, Share>>): Record<Name, number> {
  return mapValues(shares, ({ n }) => n);
}

function mapValues<Name extends string, Value>(
  shares: Readonly<Record<Name, Share>>,
  value: (share: Share) => Value,
): Record<Name, Value> {
  const entries = Object.entries<Share>(shares).map(([name, share]) => [name, value(share)]);
  return Object.fromEntries(entries) as Record<Name, Value>;
}
