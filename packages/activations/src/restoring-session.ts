import { bodyModel, encodeModel, findDecoder, restorableModel, type RestorableState } from '@sakejs/onnx';
import { SakeError, type StateKind } from '@sakejs/spec';
import { everyPosition } from './every-position.js';
import { openGraph, type GradientSource, type OpenedGraph } from './gradient-source.js';
import type { GraphTensor } from './graph-session.js';
import { float32 } from './widen.js';

/** Inputs that a restorable body has besides those of decoders, by name; absent ones change nothing. */
export type RestoringFeeds = Readonly<Record<string, GraphTensor>>;

/** A decoder whose embeddings can be disturbed and whose states can be put back. */
export interface RestoringSession {
  readonly noise: string;
  readonly states: readonly RestorableState[];
  /** Why states of a kind cannot be told. */
  readonly missing: ReadonlyMap<StateKind, SakeError>;
  readonly hiddenTensor: string;
  readonly tokenEmbeddings: string;
  readonly tensor: OpenedGraph['session']['tensor'];
  /** Rows of a pass, where the graph fixes them. */
  readonly fixedRows: number | undefined;
  /**
   * Runs rows of one length.
   *
   * @param feeds noise, masks and values; what is left out adds and puts back nothing.
   * @param outputs tensors that are wanted.
   * @returns Each [rows, length, d].
   */
  run(
    rows: readonly (readonly number[])[],
    feeds: RestoringFeeds,
    outputs: readonly string[],
  ): Promise<ReadonlyMap<string, Float32Array>>;
  close(): Promise<void>;
}

/**
 * Opens a decoder whose states can be put back; its head is left out.
 *
 * @throws {SakeError} `unsupported` for a graph that takes one token at a time, and as `restorableModel`.
 */
export async function openRestoringSession(source: GradientSource): Promise<RestoringSession> {
  if (source.stepwise) throw stepwise();
  const { model, folder } = await source.read();
  const { hiddenTensor: named } = source;
  const map = findDecoder(model, named === undefined ? {} : { hiddenTensor: named });
  const { model: graph, noise, tokenEmbeddings, states, missing } = restorableModel(model, map);
  const { hiddenTensor, hiddenSize: d } = map;
  const tensors = [hiddenTensor, tokenEmbeddings, ...states.map((state) => state.tensor)];
  const body = bodyModel(graph, { outputs: [...new Set(tensors)], cache: false });
  const own = [noise, ...states.flatMap(({ mask, values }) => [mask, values])];
  const opened = await openGraph(source, { bytes: encodeModel(body), folder, map, own });
  const { session, feeder, fixedRows, fixedLength } = opened;
  if (fixedLength === 1) {
    await session[Symbol.asyncDispose]();
    throw stepwise();
  }
  return {
    ...{ noise, states, missing, hiddenTensor, tokenEmbeddings, fixedRows, tensor: session.tensor },
    async run(rows, feeds, outputs) {
      const [count, length] = [rows.length, rows[0]!.length];
      const leading = rows.map(() => 0);
      const results = await session.run(
        {
          ...feeder.sequences(rows, 0, leading),
          ...feeder.emptyCache(count),
          ...unchanged(session, { noise, states }, { count, length, d }),
          ...feeds,
        },
        [...new Set(outputs)],
      );
      return new Map(
        outputs.map((name) => [name, everyPosition(float32(results[name]!, name), count * length, d, name)]),
      );
    },
    close: () => session[Symbol.asyncDispose](),
  };
}

/** Feeds that add and put back nothing; states share them. */
function unchanged(
  { tensor }: OpenedGraph['session'],
  { noise, states }: Pick<RestoringSession, 'noise' | 'states'>,
  { count, length, d }: { readonly count: number; readonly length: number; readonly d: number },
): RestoringFeeds {
  const mask = tensor(new Uint8Array(count * length), [count, length, 1], 'bool');
  const values = tensor(new Float32Array(length * d), [1, length, d]);
  return {
    [noise]: tensor(new Float32Array(count * length * d), [count, length, d]),
    ...Object.fromEntries(
      states.flatMap((state) => [
        [state.mask, mask],
        [state.values, values],
      ]),
    ),
  };
}

function stepwise(): SakeError {
  return new SakeError(
    'unsupported',
    'tracing: expected a graph that takes whole sequences, got one that takes one token at a time; export the model ' +
      'without a past, or with one that may be empty',
  );
}
