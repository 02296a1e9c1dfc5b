import { HEAD_INPUT, HEAD_OUTPUT, toFloat16Bits, type CachePair } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import { checkSizes } from './check-sizes.js';
import { createFeeder, widthOf, type DecoderFeeder } from './decoder-feeds.js';
import type { Decoder, ForwardStates } from './decoder.js';
import { createGraphSession, type Device, type GraphSession, type GraphTensor } from './graph-session.js';
import type { ModelConfig } from './model-config.js';
import type { SplitBody, SplitDecoder } from './split-decoder.js';
import { float32 } from './widen.js';

type Rows = readonly (readonly number[])[];

/** A body that runs. */
interface RunningBody {
  readonly session: GraphSession;
  readonly feeder: DecoderFeeder;
  readonly hiddenTensor: string;
  readonly residuals: readonly string[] | undefined;
  /** Rows of a batch, where the graph fixes them. */
  readonly fixedRows: number | undefined;
  /** Whether it takes one token of each row at a time. */
  readonly stepwise: boolean;
}

/**
 * Opens both parts of a decoder. One body session serves every request, two where the exporter wrote one graph for the
 * start and one for going on from a cache: only what is fetched is copied out.
 *
 * @throws {SakeError} `unsupported` for inputs, caches or state types it does not know, or a device that the runtime
 * lacks; `invalid-file` when the config belongs to another graph.
 */
export async function openDecoder(
  split: SplitDecoder,
  config: ModelConfig,
  threads: number,
  device: Device = 'cpu',
): Promise<Decoder> {
  checkSizes(split.map, config);
  const sessions: GraphSession[] = [];
  const dispose = async (): Promise<void> => {
    for (const session of sessions.splice(0)) await session[Symbol.asyncDispose]();
  };
  const open = async (graph: Uint8Array, folder: string | undefined): Promise<GraphSession> => {
    const session = await createGraphSession(graph, {
      threads,
      device,
      ...(folder !== undefined && { externalDataFolder: folder }),
    });
    sessions.push(session);
    return session;
  };
  const run = async ({ body, folder, map }: SplitBody, stepwise: boolean): Promise<RunningBody> => {
    const session = await open(body, folder);
    const ids = session.inputs.find(({ name }) => name === map.inputs.ids);
    return {
      session,
      feeder: createFeeder(session, map, config),
      hiddenTensor: map.hiddenTensor,
      residuals: map.residuals,
      fixedRows: typeof ids?.dims[0] === 'number' ? ids.dims[0] : undefined,
      stepwise: stepwise || ids?.dims[1] === 1,
    };
  };
  try {
    const first = await run(split, false);
    // Exporters trace these graphs with one token, and what they make of several is not what the model would.
    const next = split.withPast && (await run(split.withPast, true));
    const head = await open(split.head, split.folder);
    const { inputs, vocabularySize, hiddenSize } = split.map;
    return decoderOf({
      first,
      next: next ?? first,
      head,
      pairs: (split.withPast ?? split).map.cache,
      vocabularySize,
      hiddenSize,
      headMixesRows: split.headMixesRows,
      mixesRows: split.mixesRows,
      padsLeft: inputs.mask !== undefined && inputs.positions !== undefined,
      dispose,
    });
  } catch (cause) {
    await dispose();
    throw cause;
  }
}

interface DecoderParts {
  readonly first: RunningBody;
  readonly next: RunningBody;
  readonly head: GraphSession;
  readonly pairs: readonly CachePair[];
  readonly vocabularySize: number;
  readonly hiddenSize: number;
  readonly headMixesRows: boolean;
  readonly mixesRows: boolean;
  readonly padsLeft: boolean;
  readonly dispose: () => Promise<void>;
}

type CacheTensors = Readonly<Record<string, GraphTensor>>;

/** What one run of a body is about. */
interface Pass {
  readonly rows: Rows;
  readonly past: number;
  readonly leading: readonly number[];
  readonly tensors: CacheTensors | undefined;
  readonly layers: readonly number[];
  /** Whether the grown cache is wanted. */
  readonly keep: boolean;
}

interface PassStates {
  readonly hidden: Float32Array;
  readonly layers: ReadonlyMap<number, Float32Array>;
  readonly tensors: CacheTensors;
}

function decoderOf(parts: DecoderParts): Decoder {
  const { first, next, head, pairs, vocabularySize, hiddenSize } = parts;

  const pass = async (
    body: RunningBody,
    { rows, past, leading, tensors, layers, keep }: Pass,
  ): Promise<PassStates> => {
    const { session, feeder, hiddenTensor, residuals } = body;
    const names = layers.map((layer) => residuals![layer]!);
    const presents = keep ? pairs.map(({ output }) => output) : [];
    const results = await session.run(
      { ...feeder.sequences(rows, past, leading), ...(tensors ?? feeder.emptyCache(rows.length)) },
      [...new Set([hiddenTensor, ...names, ...presents])],
    );
    return {
      hidden: float32(results[hiddenTensor]!, hiddenTensor),
      layers: new Map(layers.map((layer, index) => [layer, float32(results[names[index]!]!, names[index]!)])),
      tensors: keep ? Object.fromEntries(pairs.map(({ input, output }) => [input, results[output]!])) : {},
    };
  };

  /** One column after the other. */
  const stepThrough = async (body: RunningBody, whole: Pass): Promise<PassStates> => {
    const { rows, past, leading } = whole;
    const width = widthOf(rows);
    const parts: PassStates[] = [];
    let { tensors } = whole;
    for (let column = past; column < past + width; column++) {
      const at = rows.map((tokens, row) => tokens[column - Math.max(past, leading[row]!)]);
      const states = await pass(body, {
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
  };

  const passOf = (body: RunningBody, whole: Pass): Promise<PassStates> =>
    body.stepwise && widthOf(whole.rows) > 1 ? stepThrough(body, whole) : pass(body, whole);

  /** Each row by itself, for graphs that take one at a time. */
  const rowByRow = async (body: RunningBody, whole: Pass): Promise<PassStates> => {
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
      const states = await passOf(body, { ...whole, rows: [tokens], leading: [0] });
      const at = (index * width + whole.leading[index]!) * hiddenSize;
      hidden.set(states.hidden, at);
      for (const [layer, values] of layers) values.set(states.layers.get(layer)!, at);
    }
    return { hidden, layers, tensors: {} };
  };

  /** Logits of rows that may be run together. */
  const projectRows = async (hidden: Float32Array, rows: number, logits: Float32Array): Promise<void> => {
    const [input, output] = [head.inputs[0]!, head.outputs[0]!];
    const given =
      input.type === 'float16'
        ? head.tensor(Uint16Array.from(hidden, toFloat16Bits), [rows, hiddenSize], 'float16')
        : head.tensor(hidden, [rows, hiddenSize]);
    if (output.type === 'float32')
      await head.run({ [HEAD_INPUT]: given }, { [HEAD_OUTPUT]: head.tensor(logits, [rows, vocabularySize]) });
    else logits.set(float32((await head.run({ [HEAD_INPUT]: given }))[HEAD_OUTPUT]!, HEAD_OUTPUT));
  };

  return {
    vocabularySize,
    dtype: head.inputs[0]!.type,
    cached: pairs.length > 0,
    showsLayers: first.residuals !== undefined && next.residuals !== undefined,
    mixesRows: parts.mixesRows,
    padsLeft: parts.padsLeft,
    async forward(rows, { layers, cache, keepCache = false, padding = 'right' }): Promise<ForwardStates> {
      const past = cache?.length ?? 0;
      const width = widthOf(rows);
      const leading =
        cache?.padding ?? rows.map((tokens) => (padding === 'left' ? width - tokens.length : 0));
      const body = cache ? next : first;
      const whole: Pass = {
        rows,
        past,
        leading,
        tensors: cache?.tensors,
        layers,
        keep: keepCache && pairs.length > 0,
      };
      const single = body.fixedRows === 1 && rows.length > 1;
      const states = await (single ? rowByRow(body, whole) : passOf(body, whole));
      return {
        width,
        hidden: states.hidden,
        layers: states.layers,
        ...(whole.keep && { cache: { length: past + width, padding: leading, tensors: states.tensors } }),
      };
    },
    async project(hidden, rows, logits) {
      if (!parts.headMixesRows) return projectRows(hidden, rows, logits);
      for (let row = 0; row < rows; row++)
        await projectRows(
          hidden.subarray(row * hiddenSize, (row + 1) * hiddenSize),
          1,
          logits.subarray(row * vocabularySize, (row + 1) * vocabularySize),
        );
    },
    [Symbol.asyncDispose]: parts.dispose,
  };
}
