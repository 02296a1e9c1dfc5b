import type { CachePair, ChangeInputs } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import { changeFeeds, type PassChange } from './change-feeds.js';
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
  /** Inputs of a body that takes changes. */
  readonly changes?: ChangeInputs;
  /** The MLP keys that it shows, by block. */
  readonly keys: ReadonlyMap<number, ShownKeys>;
}

/** Where a body shows a block's MLP keys, and their width. */
export interface ShownKeys {
  readonly tensor: string;
  readonly size: number;
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
  /** Blocks whose MLP keys are wanted. */
  readonly keys: readonly number[];
  /** What the body's changes are, where it takes some. */
  readonly change?: PassChange;
  /** Whether the grown cache is wanted. */
  readonly keep: boolean;
}

/** States [rows, width, d], MLP keys [rows, width, keySize], and the grown cache. */
export interface PassStates {
  readonly hidden: Float32Array;
  readonly layers: ReadonlyMap<number, Float32Array>;
  readonly keys: ReadonlyMap<number, Float32Array>;
  readonly tensors: CacheTensors;
}

async function runOnce(body: RunningBody, pass: Pass): Promise<PassStates> {
  const { rows, past, leading, tensors, layers, keys, keep } = pass;
  const { session, feeder, hiddenTensor, residuals, pairs } = body;
  const names = layers.map((layer) => residuals![layer]!);
  const presents = keep ? pairs.map(({ output }) => output) : [];
  const results = await session.run(
    {
      ...feeder.sequences(rows, past, leading),
      ...(tensors ?? feeder.emptyCache(rows.length)),
      ...changeFeeds(body, pass),
    },
    [...new Set([hiddenTensor, ...names, ...keys.map((layer) => body.keys.get(layer)!.tensor), ...presents])],
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
    keys: new Map(
      keys.map((layer) => {
        const { tensor, size } = body.keys.get(layer)!;
        return [layer, everyPosition(float32(results[tensor]!, tensor), positions, size, tensor)];
      }),
    ),
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
  const join = (size: number, of: (states: PassStates) => Float32Array): Float32Array => {
    const joined = new Float32Array(rows.length * width * size);
    parts.forEach((states, column) => {
      const values = of(states);
      for (let row = 0; row < rows.length; row++)
        joined.set(values.subarray(row * size, (row + 1) * size), (row * width + column) * size);
    });
    return joined;
  };
  const keySize = (layer: number): number => body.keys.get(layer)!.size;
  return {
    hidden: join(hiddenSize, ({ hidden }) => hidden),
    layers: new Map(
      whole.layers.map((layer) => [layer, join(hiddenSize, ({ layers }) => layers.get(layer)!)]),
    ),
    keys: new Map(whole.keys.map((layer) => [layer, join(keySize(layer), ({ keys }) => keys.get(layer)!)])),
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
  const positions = whole.rows.length * width;
  const empty = (size: number): Float32Array => new Float32Array(positions * size);
  const hidden = empty(hiddenSize);
  const layers = new Map(whole.layers.map((layer) => [layer, empty(hiddenSize)]));
  const keys = new Map(whole.keys.map((layer) => [layer, empty(body.keys.get(layer)!.size)]));
  for (const [index, tokens] of whole.rows.entries()) {
    const { change } = whole;
    const states = await runTogether(body, {
      ...whole,
      rows: [tokens],
      leading: [0],
      ...(change && { change: { ...change, additions: [change.additions[index] ?? []] } }),
    });
    const at = index * width + whole.leading[index]!;
    hidden.set(states.hidden, at * hiddenSize);
    for (const [layer, values] of layers) values.set(states.layers.get(layer)!, at * hiddenSize);
    for (const [layer, values] of keys) values.set(states.keys.get(layer)!, at * body.keys.get(layer)!.size);
  }
  return { hidden, layers, keys, tensors: {} };
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
