/**
 * Rotations of neighbouring columns, whose product G is applied without being formed.
 *
 * They come in runs: the first of a run turns columns (top − 1, top), the next (top − 2, top − 1), and so on.
 */
export interface Rotations {
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
  /** Index of each run's first rotation, and behind the last run the number of rotations. */
  readonly starts: readonly number[];
  readonly tops: readonly number[];
}

/** Collects {@link Rotations}; `begin` opens a run at its top column. */
export interface RotationRecorder {
  begin(top: number): void;
  add(cosine: number, sine: number): void;
  end(): Rotations;
}

/** A recorder with room for `expected` rotations; it grows as needed. */
export function recordRotations(expected: number): RotationRecorder {
  let cosines = new Float64Array(Math.max(16, expected));
  let sines = new Float64Array(cosines.length);
  let count = 0;
  const starts: number[] = [];
  const tops: number[] = [];
  return {
    begin: (top) => {
      starts.push(count);
      tops.push(top);
    },
    add: (cosine, sine) => {
      if (count === cosines.length) {
        cosines = grown(cosines);
        sines = grown(sines);
      }
      cosines[count] = cosine;
      sines[count] = sine;
      count++;
    },
    end: () => ({ cosines, sines, starts: [...starts, count], tops }),
  };
}

function grown(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}

/** Rows turned in one pass: the chain along one row would wait for itself. */
const LANES = 4;

/** Each of `count` rows times G, in place: x ← x G, rows [count, k]. */
export function timesRotations(g: Rotations, rows: Float64Array, count: number, size: number): void {
  const wide = count - (count % LANES);
  for (let run = 0; run < g.tops.length; run++) {
    const from = g.starts[run]!;
    const to = g.starts[run + 1]!;
    const top = g.tops[run]!;
    for (let i = 0; i < wide; i += LANES) turnFourDown(g, rows, i * size + top, size, from, to);
    for (let i = wide; i < count; i++) turnDown(g, rows, i * size + top, from, to);
  }
}

/** Each of `count` rows times Gᵀ, in place: x ← x Gᵀ, rows [count, k]. */
export function timesRotationsTransposed(
  g: Rotations,
  rows: Float64Array,
  count: number,
  size: number,
): void {
  const wide = count - (count % LANES);
  for (let run = g.tops.length - 1; run >= 0; run--) {
    const from = g.starts[run]!;
    const to = g.starts[run + 1]!;
    const bottom = g.tops[run]! - (to - from);
    for (let i = 0; i < wide; i += LANES) turnFourUp(g, rows, i * size + bottom, size, from, to);
    for (let i = wide; i < count; i++) turnUp(g, rows, i * size + bottom, from, to);
  }
}

/** One run along one row, from its top column at index `at` down. */
function turnDown(
  { cosines, sines }: Rotations,
  rows: Float64Array,
  at: number,
  from: number,
  to: number,
): void {
  let x = rows[at]!;
  for (let r = from; r < to; r++, at--) {
    const y = rows[at - 1]!;
    rows[at] = sines[r]! * y + cosines[r]! * x;
    x = cosines[r]! * y - sines[r]! * x;
  }
  rows[at] = x;
}

function turnFourDown(
  { cosines, sines }: Rotations,
  rows: Float64Array,
  at: number,
  size: number,
  from: number,
  to: number,
): void {
  let a = at;
  let b = a + size;
  let c = b + size;
  let d = c + size;
  let xa = rows[a]!;
  let xb = rows[b]!;
  let xc = rows[c]!;
  let xd = rows[d]!;
  for (let r = from; r < to; r++, a--, b--, c--, d--) {
    const cosine = cosines[r]!;
    const sine = sines[r]!;
    const ya = rows[a - 1]!;
    const yb = rows[b - 1]!;
    const yc = rows[c - 1]!;
    const yd = rows[d - 1]!;
    rows[a] = sine * ya + cosine * xa;
    rows[b] = sine * yb + cosine * xb;
    rows[c] = sine * yc + cosine * xc;
    rows[d] = sine * yd + cosine * xd;
    xa = cosine * ya - sine * xa;
    xb = cosine * yb - sine * xb;
    xc = cosine * yc - sine * xc;
    xd = cosine * yd - sine * xd;
  }
  rows[a] = xa;
  rows[b] = xb;
  rows[c] = xc;
  rows[d] = xd;
}

/** One run's inverse along one row, from its bottom column at index `at` up. */
function turnUp(
  { cosines, sines }: Rotations,
  rows: Float64Array,
  at: number,
  from: number,
  to: number,
): void {
  let y = rows[at]!;
  for (let r = to - 1; r >= from; r--, at++) {
    const x = rows[at + 1]!;
    rows[at] = cosines[r]! * y + sines[r]! * x;
    y = cosines[r]! * x - sines[r]! * y;
  }
  rows[at] = y;
}

function turnFourUp(
  { cosines, sines }: Rotations,
  rows: Float64Array,
  at: number,
  size: number,
  from: number,
  to: number,
): void {
  let a = at;
  let b = a + size;
  let c = b + size;
  let d = c + size;
  let ya = rows[a]!;
  let yb = rows[b]!;
  let yc = rows[c]!;
  let yd = rows[d]!;
  for (let r = to - 1; r >= from; r--, a++, b++, c++, d++) {
    const cosine = cosines[r]!;
    const sine = sines[r]!;
    const xa = rows[a + 1]!;
    const xb = rows[b + 1]!;
    const xc = rows[c + 1]!;
    const xd = rows[d + 1]!;
    rows[a] = cosine * ya + sine * xa;
    rows[b] = cosine * yb + sine * xb;
    rows[c] = cosine * yc + sine * xc;
    rows[d] = cosine * yd + sine * xd;
    ya = cosine * xa - sine * ya;
    yb = cosine * xb - sine * yb;
    yc = cosine * xc - sine * yc;
    yd = cosine * xd - sine * yd;
  }
  rows[a] = ya;
  rows[b] = yb;
  rows[c] = yc;
  rows[d] = yd;
}
