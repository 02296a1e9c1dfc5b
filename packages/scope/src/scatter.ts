/** Share of the sum of squares below which what is left of it is rounding. */
const ROUNDING = 1e-12;

/** Rows about the means of their classes, as a solver needs them. */
export interface Scatter {
  /** n. */
  readonly rows: number;
  /** ‖X‖², X the centred rows. */
  readonly square: number;
  /** out = XᵀX v. */
  apply(vector: Float64Array, out: Float64Array): void;
}

/** Sums over the normalised states of two classes, [d] each, and what their scatter is made of. */
export interface Moments {
  readonly counts: readonly [number, number];
  readonly sums: readonly [Float64Array, Float64Array];
  /** Σ x xᵀ over both classes, [d, d], its lower triangle filled. */
  readonly gram: Float64Array;
}

/** Moments of rows [n, d], each of class 0 or 1. */
export function momentsOf(
  classes: readonly { readonly data: Float64Array; readonly rows: number }[],
  dim: number,
): Moments {
  const counts: [number, number] = [0, 0];
  const sums: [Float64Array, Float64Array] = [new Float64Array(dim), new Float64Array(dim)];
  const gram = new Float64Array(dim * dim);
  classes.forEach(({ data, rows }, index) => {
    counts[index as 0 | 1] = rows;
    const sum = sums[index as 0 | 1];
    for (let i = 0; i < rows; i++) for (let j = 0; j < dim; j++) sum[j]! += data[i * dim + j]!;
    addGram(gram, data, rows, dim);
  });
  return { counts, sums, gram };
}

/** Adds XᵀX's lower triangle, four rows at a time. */
function addGram(gram: Float64Array, data: Float64Array, rows: number, dim: number): void {
  const whole = rows - (rows % 4);
  for (let i = 0; i < whole; i += 4) {
    const [p, q, r, s] = [i * dim, (i + 1) * dim, (i + 2) * dim, (i + 3) * dim];
    for (let a = 0, at = 0; a < dim; a++, at = a * dim) {
      const [w, x, y, z] = [data[p + a]!, data[q + a]!, data[r + a]!, data[s + a]!];
      for (let b = 0; b <= a; b++, at++)
        gram[at]! += w * data[p + b]! + x * data[q + b]! + y * data[r + b]! + z * data[s + b]!;
    }
  }
  for (let i = whole; i < rows; i++)
    for (let a = 0, at = 0; a < dim; a++, at = a * dim) {
      const w = data[i * dim + a]!;
      for (let b = 0; b <= a; b++, at++) gram[at]! += w * data[i * dim + b]!;
    }
}

/** a + sign · b. */
export function combine(a: Moments, b: Moments, sign: 1 | -1): Moments {
  const plus = (left: Float64Array, right: Float64Array): Float64Array =>
    left.map((value, j) => value + sign * right[j]!);
  return {
    counts: [a.counts[0] + sign * b.counts[0], a.counts[1] + sign * b.counts[1]],
    sums: [plus(a.sums[0], b.sums[0]), plus(a.sums[1], b.sums[1])],
    gram: plus(a.gram, b.gram),
  };
}

/** The scatter about both class means: Σ x xᵀ − Σ_c n_c μ_c μ_cᵀ. */
export function scatterOf({ counts, sums, gram }: Moments): Scatter {
  const dim = sums[0].length;
  const full = new Float64Array(dim * dim);
  let square = 0;
  let trace = 0;
  for (let a = 0; a < dim; a++) {
    trace += gram[a * dim + a]!;
    const u = sums[0][a]! / counts[0];
    const v = sums[1][a]! / counts[1];
    for (let b = 0; b <= a; b++) {
      const value = gram[a * dim + b]! - u * sums[0][b]! - v * sums[1][b]!;
      full[a * dim + b] = value;
      full[b * dim + a] = value;
    }
    square += full[a * dim + a]!;
  }
  return {
    rows: counts[0] + counts[1],
    // Equal rows leave rounding of the means alone.
    square: square > ROUNDING * trace ? square : 0,
    apply: (vector, out) => {
      for (let a = 0; a < dim; a++) {
        let sum = 0;
        for (let b = 0, at = a * dim; b < dim; b++, at++) sum += full[at]! * vector[b]!;
        out[a] = sum;
      }
    },
  };
}

/** The scatter of centred rows [n, d], none of it formed. */
export function rowScatter(centred: Float64Array, rows: number, dim: number): Scatter {
  let square = 0;
  for (const value of centred) square += value * value;
  return {
    rows,
    square,
    apply: (vector, out) => {
      out.fill(0);
      for (let i = 0, from = 0; i < rows; i++, from += dim) {
        let along = 0;
        for (let j = 0; j < dim; j++) along += centred[from + j]! * vector[j]!;
        for (let j = 0; j < dim; j++) out[j]! += along * centred[from + j]!;
      }
    },
  };
}
