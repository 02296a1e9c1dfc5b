import type { DecoderMap } from '@sakejs/onnx';
import { createFeeder, type DecoderFeeder } from './decoder-feeds.js';
import type { Decoder } from './decoder.js';
import { createGraphSession, type Device, type GraphSession } from './graph-session.js';
import type { ModelConfig } from './model-config.js';
import type { DecoderGraph } from './split-decoder.js';

/** A model whose graph can be read again, to be cut in other places. */
export interface GradientSource {
  /** Reads the graph that starts without a past. */
  read(): Promise<DecoderGraph>;
  readonly decoder: Decoder;
  readonly config: ModelConfig;
  readonly threads: number;
  readonly device: Device;
  readonly hiddenTensor: string | undefined;
  /** Whether the only graph is one that takes one token after the other. */
  readonly stepwise: boolean;
}

/** A session over a part of a decoder. */
export interface OpenedGraph {
  readonly session: GraphSession;
  /** Of the inputs that decoders have. */
  readonly feeder: DecoderFeeder;
  /** Rows and tokens of a batch, where the graph fixes them. */
  readonly fixedRows: number | undefined;
  readonly fixedLength: number | undefined;
}

/** @param graph.own inputs that the caller feeds by itself. */
export async function openGraph(
  source: GradientSource,
  graph: {
    readonly bytes: Uint8Array;
    readonly folder: string | undefined;
    readonly map: DecoderMap;
    readonly own: readonly string[];
  },
): Promise<OpenedGraph> {
  const { bytes, folder, map, own } = graph;
  const session = await createGraphSession(bytes, {
    threads: source.threads,
    device: source.device,
    ...(folder !== undefined && { externalDataFolder: folder }),
  });
  try {
    const ids = session.inputs.find(({ name }) => name === map.inputs.ids);
    const fixed = (axis: number): number | undefined => {
      const size = ids?.dims[axis];
      return typeof size === 'number' ? size : undefined;
    };
    return {
      session,
      feeder: createFeeder(session, { ...map, changes: own }, source.config),
      fixedRows: fixed(0),
      fixedLength: fixed(1),
    };
  } catch (cause) {
    await session[Symbol.asyncDispose]();
    throw cause;
  }
}
