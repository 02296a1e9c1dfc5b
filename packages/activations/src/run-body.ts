import type { CachePair } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import { widthOf, type DecoderFeeder } from './decoder-feeds.js';
import { everyPosition } from './every-position.js';
import type { GraphSession, GraphTensor } from './graph-session.js';
import { float32 } from './widen.js';

/** A body that runs. */
export interface RunningBody {
  readonly session: GraphSession;
  readonly feeder: DecoderFeeder;
  readonly hiddenTensor: string;
  readonly residuals: readonly string[] | undefined;
  /** The cache's inputs and the outputs that become them. */
  readonly pairs: readonly CachePair[];
  readonly hiddenSize: number;
  /** Rows of a batch, where the graph fixes them. */
  readonly fixedRows: number | undefined;
  /** Whether it takes one token of each row at a time. */
  readonly stepwise: boolean;
}

type CacheTensors = Readonly<Record<string, GraphTensor>>;

/** What is asked of a body: sequences, what is cached of them, what is wanted. */
export interface Pass {
  readonly rows: readonly (readonly number[])[];
  readonly past: number;
  /** Columns at the start of each row that hold no token. */
  readonly leading: readonly number[];
  readonly tensors: CacheTensors | undefined;
  readonly layers: readonly number[];
  /** Whether the grown cache is wanted. */
  readonly keep: boolean;
}

/** States [rows, width, d], and the grown cache. */
export interface PassStates {
  readonly hidden: Float32Array;
  readonly layers: ReadonlyMap<number, Float32Array>;
  readonly tensors: CacheTensors;
}

async function runOnce(
  body: RunningBody,
  { rows, past, leading, tensors, layers, keep }: Pass,
): Promise<PassStates> {
  const { session, feeder, hiddenTensor, residuals, pairs } = body;
  const names = layers.map((layer) => residuals![layer]!);
  const presents = keep ? pairs.map(({ output }) => output) : [];
  const results = await session.run(
    { ...feeder.sequences(rows, past, leading), ...(tensors ?? feeder.emptyCache(rows.length)) },
    [...new Set([hiddenTensor, ...names, ...presents])],
  );
  const positions = rows.length * widthOf(rows);
  return {
    hidden: everyPosition(
      float32(results[hiddenTensor]!, hiddenTensor),
      positions,
      body.hiddenSize,
      hiddenTensor,
    ),
    layers: new Map(layers.map((layer, index) => [layer, float32(results[names[index]!]!, names[index]!)])),
    tensors: keep ? Object.fromEntries(pairs.map(({ input, output }) => [input, results[output]!])) : {},
  };
}

/** One column after the other. */
async function stepThrough(body: RunningBody, whole: Pass): Promise<PassStates> {
  const { hiddenSize } = body;
  const { rows, past, leading } = whole;
  const width = widthOf(rows);
  const parts: PassStates[] = [];
  let { tensors } = whole;
  for (let column = past; column < past + width; column++) {
    const at = rows.map((tokens, row) => tokens[column - Math.max(past, leading[row]!)]);
    const states = await runOnce(body, {
      ...whole,
      rows: at.map((token) => [token ?? 0]),
      past: column,
      tensors,
      keep: true,
    });
    ({ tensors } = states);
    parts.push(states);
  }
  const join = (of: (states: PassStates) => Float32Array): Float32Array => {
    const joined = new Float32Array(rows.length * width * hiddenSize);
    parts.forEach((states, column) => {
      const values = of(states);
      for (let row = 0; row < rows.length; row++)
        joined.set(
          values.subarray(row * hiddenSize, (row + 1) * hiddenSize),
          (row * width + column) * hiddenSize,
        );
    });
    return joined;
  };
  return {
    hidden: join(({ hidden }) => hidden),
    layers: new Map(whole.layers.map((layer) => [layer, join(({ layers }) => layers.get(layer)!)])),
    tensors: tensors!,
  };
}

function runTogether(body: RunningBody, whole: Pass): Promise<PassStates> {
  return body.stepwise && widthOf(whole.rows) > 1 ? stepThrough(body, whole) : runOnce(body, whole);
}

/** Each row by itself, for graphs that take one at a time. */
async function rowByRow(body: RunningBody, whole: Pass): Promise<PassStates> {
  const { hiddenSize } = body;
  if (whole.keep || whole.tensors)
    throw new SakeError(
      'unsupported',
      'forward: expected one sequence at a time of a graph whose batch size is fixed at 1, got ' +
        `${whole.rows.length}; export the model with dynamic axes`,
    );
  const width = widthOf(whole.rows);
  const hidden = new Float32Array(whole.rows.length * width * hiddenSize);
  const layers = new Map(whole.layers.map((layer) => [layer, new Float32Array(hidden.length)]));
  for (const [index, tokens] of whole.rows.entries()) {
    const states = await runTogether(body, { ...whole, rows: [tokens], leading: [0] });
    const at = (index * width + whole.leading[index]!) * hiddenSize;
    hidden.set(states.hidden, at);
    for (const [layer, values] of layers) values.set(states.layers.get(layer)!, at);
  }
  return { hidden, layers, tensors: {} };
}

/**
 * Runs a body on a batch: at once, one token after the other where it takes no more, row by row where its batch is
 * fixed at 1.
 *
 * @throws {SakeError} `unsupported` for a cache of several rows where the batch is fixed at 1; what a session's `run`
 * throws.
 */
export function runBody(body: RunningBody, pass: Pass): Promise<PassStates> {
  return body.fixedRows === 1 && pass.rows.length > 1 ? rowByRow(body, pass) : runTogether(body, pass);
}
