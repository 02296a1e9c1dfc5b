import type { DecoderMap } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import type { GraphPort, GraphSession, GraphTensor } from './graph-session.js';
import type { ModelConfig } from './model-config.js';

type Rows = readonly (readonly number[])[];
type Feeds = Record<string, GraphTensor>;

/** Makes what a batch feeds to a decoder's body. */
export interface DecoderFeeder {
  /** Ids, mask and positions after `past` cached ones; rows end in padding that the mask hides. */
  sequences(rows: Rows, past: number): Feeds;
  /** A cache of no positions. */
  emptyCache(rows: number): Feeds;
}

function unsupported(what: string): SakeError {
  return new SakeError('unsupported', `createFeeder: ${what}`);
}

/** Length of the longest row. */
export function widthOf(rows: Rows): number {
  return Math.max(...rows.map((tokens) => tokens.length));
}

function integers(
  body: GraphSession,
  port: GraphPort,
  rows: Rows,
  columns: number,
  value: (tokens: readonly number[], column: number) => number,
): GraphTensor {
  const dims = [rows.length, columns];
  const values = rows.flatMap((tokens) => Array.from({ length: columns }, (_, at) => value(tokens, at)));
  return port.type === 'int64'
    ? body.tensor(BigInt64Array.from(values, BigInt), dims)
    : body.tensor(Int32Array.from(values), dims);
}

/**
 * A feeder for the inputs that a body has.
 *
 * @throws {SakeError} `unsupported` for an input it has no value for, ids that are no integers, a cache not in float32.
 */
export function createFeeder(body: GraphSession, map: DecoderMap, config: ModelConfig): DecoderFeeder {
  const { ids, mask, positions } = map.inputs;
  const makers: Record<string, (port: GraphPort, rows: Rows, past: number) => GraphTensor> = {
    [ids]: (port, rows) => integers(body, port, rows, widthOf(rows), (tokens, at) => tokens[at] ?? 0),
  };
  if (mask !== undefined)
    makers[mask] = (port, rows, past) =>
      integers(body, port, rows, past + widthOf(rows), (tokens, at) => (at < past + tokens.length ? 1 : 0));
  if (positions !== undefined)
    makers[positions] = (port, rows, past) => integers(body, port, rows, widthOf(rows), (_, at) => past + at);

  const cacheNames = new Set(map.cache.map(({ input }) => input));
  const caches = body.inputs.filter(({ name }) => cacheNames.has(name));
  const plain = body.inputs.filter(({ name }) => !cacheNames.has(name));
  for (const { name, type } of plain) {
    if (!makers[name])
      throw unsupported(`expected the inputs ${Object.keys(makers).join(', ')} and a cache, got ${name} too`);
    if (type !== 'int64' && type !== 'int32')
      throw unsupported(`expected integers for the input ${name}, got ${type}`);
  }
  for (const { name, type, dims } of caches)
    if (type !== 'float32' || dims.length !== 4)
      throw unsupported(
        `expected a float32 cache of 4 dimensions, got ${name}: ${type} [${dims.join(', ')}]`,
      );

  return {
    sequences: (rows, past) =>
      Object.fromEntries(plain.map((port) => [port.name, makers[port.name]!(port, rows, past)])),
    emptyCache: (rows) =>
      Object.fromEntries(
        caches.map(({ name, dims: [, heads, , size] }) => [
          name,
          body.tensor(new Float32Array(0), [
            rows,
            typeof heads === 'number' ? heads : config.keyValueHeads,
            0,
            typeof size === 'number' ? size : config.headSize,
          ]),
        ]),
      ),
  };
}
