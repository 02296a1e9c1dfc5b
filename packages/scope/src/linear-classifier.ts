import { fitLogistic, logisticLoss } from './logistic-regression.js';

/** f(x) = direction · x + offset, the log-odds of being in scope. */
export interface LinearClassifier {
  readonly direction: Float64Array;
  readonly offset: number;
}

/** Rows of features with what they are. */
export interface LabelledRows {
  readonly rows: readonly Float64Array[];
  /** 1 in scope, −1 out of it. */
  readonly labels: readonly (1 | -1)[];
}

/** The classifier of some rows, both classes weighing the same; inner products are per feature, of centred rows. */
export function trainLinear(
  where: string,
  { rows, labels }: LabelledRows,
  indices: readonly number[],
  penalty: number,
): LinearClassifier {
  const n = indices.length;
  const width = rows[0]!.length;
  const mean = new Float64Array(width);
  for (const index of indices) for (let j = 0; j < width; j++) mean[j]! += rows[index]![j]! / n;
  const centred = indices.map((index) => rows[index]!.map((value, j) => value - mean[j]!));
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) gram[i * n + j] = gram[j * n + i] = dot(centred[i]!, centred[j]!) / width;
  const own = indices.map((index) => labels[index]!);
  const { dual, offset } = fitLogistic(where, { gram, labels: own, weights: balance(own), penalty });
  const direction = new Float64Array(width);
  centred.forEach((row, i) => {
    for (let j = 0; j < width; j++) direction[j]! += (dual[i]! * row[j]!) / width;
  });
  return { direction, offset: offset - dot(direction, mean) };
}

/** Half of the weight for each class. */
function balance(labels: readonly (1 | -1)[]): number[] {
  const positives = labels.filter((label) => label === 1).length;
  return labels.map((label) => 0.5 / (label === 1 ? positives : labels.length - positives));
}

/** Mean loss of scores, half of the weight for each class. */
export function balancedLoss(scores: readonly number[], labels: readonly (1 | -1)[]): number {
  const weights = balance(labels);
  return scores.reduce((sum, score, at) => sum + weights[at]! * logisticLoss(labels[at]! * score), 0);
}

/** P(out of scope) of a score. */
export const probabilityOut = (score: number): number => 1 / (1 + Math.exp(score));

/** Inner product. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

/** A classifier, and how its penalty was chosen. */
export interface ChosenClassifier extends LinearClassifier {
  readonly penalty: number;
  /** Balanced loss on what was held out, at that penalty. */
  readonly loss: number;
  /** P(out of scope) of each held-out row, by label. */
  readonly heldOut: { readonly positives: readonly number[]; readonly negatives: readonly number[] };
}

/**
 * Trains on what is not held out with each penalty, takes the one with the least loss on what is, and trains on all with it.
 *
 * @param isHeldOut by row; some of either label are, and some are not.
 * @throws {SakeError} `numerical` when training does not converge.
 */
export function trainChosen(
  where: string,
  data: LabelledRows,
  penalties: readonly number[],
  isHeldOut: (row: number) => boolean,
): ChosenClassifier {
  const { rows, labels } = data;
  const indices = [...rows.keys()];
  const unseen = indices.filter(isHeldOut);
  const seen = indices.filter((row) => !isHeldOut(row));
  const own = unseen.map((row) => labels[row]!);
  const tried = penalties.map((penalty) => {
    const { direction, offset } = trainLinear(where, data, seen, penalty);
    const scores = unseen.map((row) => dot(direction, rows[row]!) + offset);
    return { penalty, scores, loss: balancedLoss(scores, own) };
  });
  const best = tried.reduce((least, each) => (each.loss < least.loss ? each : least));
  const distances = (side: 1 | -1): number[] =>
    best.scores.filter((_, at) => own[at] === side).map(probabilityOut);
  return {
    ...trainLinear(where, data, indices, best.penalty),
    penalty: best.penalty,
    loss: best.loss,
    heldOut: { positives: distances(1), negatives: distances(-1) },
  };
}
