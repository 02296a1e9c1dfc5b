import {
  matrix,
  SakeError,
  throwIfAborted,
  type DivergenceTerm,
  type LossSequence,
  type LossTerm,
  type LossValue,
  type Matrix,
  type StreamAddition,
  type StreamLoss,
} from '@sakejs/spec';
import { planBatches } from './batches.js';
import type { Decoder } from './decoder.js';
import type { GraphTensor } from './graph-session.js';
import type { LossSession } from './loss-session.js';
import { float32 } from './widen.js';

/** What a prepared loss needs to know of the model. */
export interface LossModelSizes {
  readonly decoder: Decoder;
  readonly hiddenSize: number;
  readonly vocabularySize: number;
  readonly batchTokens: number;
  /** What is added to a sequence's streams already. Default nothing. */
  readonly additions?: (tokens: readonly number[]) => readonly StreamAddition[];
}

/** A term and its place among all. */
interface PlacedTerm {
  readonly term: LossTerm;
  /** Index among all terms. */
  readonly index: number;
  /** Row of the batch. */
  readonly row: number;
}

/** Sequences that run together, with everything that stays the same from one evaluation to the next. */
interface LossBatch {
  readonly rows: readonly (readonly number[])[];
  readonly width: number;
  readonly terms: readonly PlacedTerm[];
  readonly divergences: readonly (PlacedTerm & { readonly term: DivergenceTerm })[];
  /** Row of the batch, position, and index among all sites. */
  readonly sites: readonly { readonly row: number; readonly position: number; readonly index: number }[];
  /** Plain streams, [rows, width, d]. */
  readonly stream: Float32Array;
  readonly feeds: Readonly<Record<string, GraphTensor>>;
}

const WHERE = 'streamLoss';

/**
 * Prepares a loss over sequences: runs the blocks below once, and the plain model's distributions at divergences.
 *
 * @throws {SakeError} `invalid-input` for sites or terms that are not of their sequence, or when nothing counts.
 */
export async function createStreamLoss(
  session: LossSession,
  sequences: readonly LossSequence[],
  model: LossModelSizes,
  signal: AbortSignal | undefined,
): Promise<StreamLoss> {
  checkSequences(sequences, model.vocabularySize);
  const siteStarts = startsOf(sequences.map(({ sites }) => sites.length));
  const termStarts = startsOf(sequences.map(({ terms }) => terms.length));
  const [sites, terms] = [siteStarts.at(-1)!, termStarts.at(-1)!];
  const stream = new Float32Array(sites * model.hiddenSize);
  const batches: LossBatch[] = [];
  const budget = session.fixedRows === 1 ? 1 : model.batchTokens;
  for (const indices of planBatches(
    sequences.map(({ tokens }) => tokens.length),
    budget,
  )) {
    throwIfAborted(signal, WHERE);
    const batch = await prepareBatch(session, { indices, sequences, model, siteStarts, termStarts });
    for (const { row, position, index } of batch.sites) {
      const from = (row * batch.width + position) * model.hiddenSize;
      stream.set(batch.stream.subarray(from, from + model.hiddenSize), index * model.hiddenSize);
    }
    if (batch.terms.length > 0) batches.push(batch);
  }
  const d = model.hiddenSize;
  return {
    sites,
    stream: matrix(sites, d, stream),
    async evaluate(additions, options = {}) {
      if (additions.rows !== sites || additions.cols !== d)
        throw new SakeError(
          'shape-mismatch',
          `evaluate: expected additions of shape [${sites}, ${d}], got [${additions.rows}, ${additions.cols}]`,
        );
      const values = new Float64Array(terms);
      const gradient = new Float32Array(sites * d);
      let loss = 0;
      for (const batch of batches) {
        throwIfAborted(options.signal, 'evaluate');
        loss += await runBatch(session, batch, { additions, d, values, gradient });
      }
      return { loss, terms: values, gradient: matrix(sites, d, gradient) } satisfies LossValue;
    },
  };
}

/** Where each list starts when they follow each other, and the total. */
function startsOf(counts: readonly number[]): number[] {
  const starts = [0];
  for (const count of counts) starts.push(starts.at(-1)! + count);
  return starts;
}

function checkSequences(sequences: readonly LossSequence[], vocabularySize: number): void {
  if (sequences.every(({ terms }) => terms.length === 0))
    throw new SakeError('invalid-input', `${WHERE}: expected a sequence with a term, got none`);
  for (const [index, { tokens, sites, terms }] of sequences.entries()) {
    const refuse = (expected: string, got: unknown): SakeError =>
      new SakeError(
        'invalid-input',
        `${WHERE}: expected ${expected} of sequence ${index}, got ${String(got)}`,
        {
          details: { sequence: index },
        },
      );
    const wrong = [...sites, ...terms.map(({ position }) => position)].find(
      (position) => !Number.isInteger(position) || position < 0 || position >= tokens.length,
    );
    if (wrong !== undefined) throw refuse(`positions in [0, ${tokens.length})`, wrong);
    if (new Set(sites).size < sites.length) throw refuse('distinct sites', sites.join(', '));
    for (const term of terms) {
      if (!Number.isFinite(term.weight)) throw refuse('finite weights', term.weight);
      if (term.kind === 'target' && !(term.token >= 0 && term.token < vocabularySize))
        throw refuse(`targets in [0, ${vocabularySize})`, term.token);
    }
  }
}

interface BatchInput {
  readonly indices: readonly number[];
  readonly sequences: readonly LossSequence[];
  readonly model: LossModelSizes;
  readonly siteStarts: readonly number[];
  readonly termStarts: readonly number[];
}

async function prepareBatch(session: LossSession, input: BatchInput): Promise<LossBatch> {
  const { indices, sequences, model, siteStarts, termStarts } = input;
  const rows = indices.map((index) => sequences[index]!.tokens);
  const { additions } = model;
  const states = await model.decoder.forward(rows, {
    layers: [session.layer],
    ...(additions && { additions: rows.map((tokens) => additions(tokens)) }),
  });
  const terms = indices.flatMap((index, row) =>
    sequences[index]!.terms.map((term, i): PlacedTerm => ({ term, row, index: termStarts[index]! + i })),
  );
  const batch = {
    rows,
    width: states.width,
    terms,
    divergences: terms.filter((placed) => placed.term.kind === 'divergence') as LossBatch['divergences'],
    sites: indices.flatMap((index, row) =>
      sequences[index]!.sites.map((position, i) => ({ row, position, index: siteStarts[index]! + i })),
    ),
    stream: states.layers.get(session.layer)!,
  };
  if (terms.length === 0) return { ...batch, feeds: {} };
  const feeds = termFeeds(session, batch, model);
  const { divergences } = batch;
  if (divergences.length === 0) return { ...batch, feeds };
  const { inputs, outputs } = session.names;
  const name = outputs.logProbabilities;
  const plain = await session.session.run(
    { ...feeds, [inputs.stream]: streamTensor(session, batch, model) },
    [name],
  );
  return { ...batch, feeds: { ...feeds, [inputs.references]: plain[name]! } };
}

type Unfed = Omit<LossBatch, 'feeds'>;

function streamTensor(
  session: LossSession,
  { rows, width, stream }: Unfed,
  model: LossModelSizes,
): GraphTensor {
  return session.session.tensor(stream, [rows.length, width, model.hiddenSize]);
}

/** Everything but the stream. A batch without divergences has one of weight 0, as no input may be empty. */
function termFeeds(
  session: LossSession,
  batch: Unfed,
  { vocabularySize }: LossModelSizes,
): Record<string, GraphTensor> {
  const { terms, width } = batch;
  const { inputs } = session.names;
  const { tensor } = session.session;
  const big = (values: readonly number[]): GraphTensor =>
    tensor(BigInt64Array.from(values, BigInt), [values.length]);
  const floats = (values: readonly number[]): GraphTensor =>
    tensor(Float32Array.from(values), [values.length]);
  const divergent = terms.flatMap(({ term }, i) => (term.kind === 'divergence' ? [{ term, i }] : []));
  const weightsFrom = (from: DivergenceTerm['from']): number[] =>
    divergent.map(({ term }) => (term.from === from ? term.weight : 0));
  const none = divergent.length === 0;
  const m = none ? 1 : divergent.length;
  return {
    ...session.feeder.sequences(
      batch.rows,
      0,
      batch.rows.map(() => 0),
    ),
    ...session.feeder.emptyCache(batch.rows.length),
    [inputs.rows]: big(terms.map(({ term, row }) => row * width + term.position)),
    [inputs.targets]: big(terms.map(({ term }) => (term.kind === 'target' ? term.token : 0))),
    [inputs.weights]: floats(terms.map(({ term }) => (term.kind === 'target' ? term.weight : 0))),
    [inputs.divergentRows]: big(none ? [0] : divergent.map(({ i }) => i)),
    [inputs.references]: tensor(new Float32Array(m * vocabularySize), [m, vocabularySize]),
    [inputs.forwardWeights]: floats(none ? [0] : weightsFrom('plain')),
    [inputs.reverseWeights]: floats(none ? [0] : weightsFrom('changed')),
  };
}

/** Evaluates one batch; fills in its terms' values and its sites' gradients, and gives its weighted sum. */
async function runBatch(
  session: LossSession,
  batch: LossBatch,
  {
    additions,
    d,
    values,
    gradient,
  }: { additions: Matrix; d: number; values: Float64Array; gradient: Float32Array },
): Promise<number> {
  const { inputs, outputs } = session.names;
  const stream = batch.stream.slice();
  for (const { row, position, index } of batch.sites) {
    const at = (row * batch.width + position) * d;
    for (let i = 0; i < d; i++) stream[at + i]! += additions.data[index * d + i]!;
  }
  const fetched = [outputs.targetLosses, outputs.forward, outputs.reverse, outputs.streamGradient];
  const results = await session.session.run(
    { ...batch.feeds, [inputs.stream]: session.session.tensor(stream, [batch.rows.length, batch.width, d]) },
    fetched,
  );
  const [losses, forward, reverse, slopes] = fetched.map((name) => float32(results[name]!, name)) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  batch.terms.forEach(({ index }, i) => (values[index] = losses[i]!));
  batch.divergences.forEach(({ term, index }, j) => {
    values[index] = (term.from === 'plain' ? forward : reverse)[j]!;
  });
  for (const { row, position, index } of batch.sites) {
    const at = (row * batch.width + position) * d;
    gradient.set(slopes.subarray(at, at + d), index * d);
  }
  return batch.terms.reduce((total, { term, index }) => total + term.weight * values[index]!, 0);
}
