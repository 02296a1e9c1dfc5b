import { SakeError } from '@sakejs/spec';
import { choleskyFactor, choleskySolve } from './cholesky.js';

/** Rows with what they are, as inner products: all that training looks at. */
export interface LogisticInput {
  /** Inner products of the rows, symmetric, [n, n] row-major. */
  readonly gram: Float64Array;
  /** 1 or −1 a row; both occur. */
  readonly labels: readonly (1 | -1)[];
  /** Loss of a row, the sum 1. */
  readonly weights: readonly number[];
  /** λ > 0. */
  readonly penalty: number;
}

/** f(x) = Σ_i dual_i ⟨x_i, x⟩ + offset, the log-odds of label 1. */
export interface LogisticFit {
  readonly dual: Float64Array; // [n]
  readonly offset: number;
}

const MAX_STEPS = 100;
const HALVINGS = 30;
/** Relative decrease of the objective at which training is over. */
const TOLERANCE = 1e-10;

/**
 * L2-regularised logistic regression in its dual form, by Newton's method with step halving.
 *
 * Minimises Σ w_i log(1 + exp(−y_i f(x_i))) + λ/2 ‖direction‖², direction = Σ dual_i x_i; the offset is not penalised.
 * Convex, so the result is the only one, whatever the order of rows. O(n³) a step, about ten steps.
 *
 * @throws {SakeError} `numerical` when it does not converge.
 */
export function fitLogistic(where: string, input: LogisticInput): LogisticFit {
  const { gram, labels, weights, penalty } = input;
  const n = labels.length;
  let current = evaluate(input, new Float64Array(n), 0);
  for (let step = 0; step < MAX_STEPS; step++) {
    const goal = newtonPoint(gram, current, labels, weights, penalty);
    let share = 1;
    let next = current;
    for (let halving = 0; halving < HALVINGS; halving++, share /= 2) {
      const dual = current.dual.map((value, i) => value + share * (goal.dual[i]! - value));
      next = evaluate(input, dual, current.offset + share * (goal.offset - current.offset));
      if (next.objective < current.objective) break;
    }
    const gained = current.objective - next.objective;
    if (!(gained > TOLERANCE * current.objective)) return gained > 0 ? next : current;
    current = next;
  }
  throw new SakeError(
    'numerical',
    `${where}: expected training to converge in ${MAX_STEPS} steps, at penalty ${penalty}; use a larger penalty`,
  );
}

interface Evaluated extends LogisticFit {
  readonly scores: Float64Array; // f of each row, [n]
  readonly objective: number;
}

function evaluate(
  { gram, labels, weights, penalty }: LogisticInput,
  dual: Float64Array,
  offset: number,
): Evaluated {
  const n = dual.length;
  const scores = new Float64Array(n);
  let loss = 0;
  let square = 0;
  for (let i = 0; i < n; i++) {
    let product = 0;
    for (let j = 0, at = i * n; j < n; j++, at++) product += gram[at]! * dual[j]!;
    scores[i] = product + offset;
    square += dual[i]! * product;
    loss += weights[i]! * logisticLoss(labels[i]! * scores[i]!);
  }
  return { dual, offset, scores, objective: loss + (penalty / 2) * square };
}

/** log(1 + e^(−margin)), without overflow. */
export function logisticLoss(margin: number): number {
  return Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
}

/**
 * Minimum of the quadratic model at the current scores f: (K + λ W⁻¹) α + b 1 = z, Σ α = 0, where W holds the curvatures
 * and z = f + W⁻¹ r the working responses; solved through the well-conditioned λ I + W½ K W½.
 */
function newtonPoint(
  gram: Float64Array,
  { scores }: Evaluated,
  labels: readonly number[],
  weights: readonly number[],
  penalty: number,
): LogisticFit {
  const n = labels.length;
  const root = new Float64Array(n);
  const response = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const wrong = 1 / (1 + Math.exp(labels[i]! * scores[i]!)); // probability of the other label
    // Far on a side the curvature vanishes; the floor keeps z finite, and step halving what it does harmless.
    const curvature = Math.max(weights[i]! * wrong * (1 - wrong), 1e-12 * weights[i]!);
    root[i] = Math.sqrt(curvature);
    response[i] = scores[i]! + (labels[i]! * weights[i]! * wrong) / curvature;
  }
  const system = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) system[i * n + j] = root[i]! * root[j]! * gram[i * n + j]!;
    system[i * n + i]! += penalty;
  }
  choleskyFactor(system, n);
  const solve = (right: Float64Array): Float64Array =>
    choleskySolve(
      system,
      n,
      right.map((value, i) => value * root[i]!),
    ).map((value, i) => value * root[i]!);
  const ofResponse = solve(response);
  const ofOnes = solve(new Float64Array(n).fill(1));
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const offset = sum(ofResponse) / sum(ofOnes);
  return { dual: ofResponse.map((value, i) => value - offset * ofOnes[i]!), offset };
}
