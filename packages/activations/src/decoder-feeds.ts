import type { DecoderMap } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import type { GraphPort, GraphSession, GraphTensor } from './graph-session.js';
import type { ModelConfig } from './model-config.js';

type Rows = readonly (readonly number[])[];
type Feeds = Record<string, GraphTensor>;

/** Makes what a batch feeds to a decoder's body. */
export interface DecoderFeeder {
  /**
   * Ids, mask and positions after `past` cached columns. The first `leading[row]` of all columns hold no token; what
   * is left behind a row is padding too. The mask hides both, and positions count from a row's first token.
   */
  sequences(rows: Rows, past: number, leading: readonly number[]): Feeds;
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
  value: (tokens: readonly number[], column: number, row: number) => number,
): GraphTensor {
  const dims = [rows.length, columns];
  const values = rows.flatMap((tokens, row) =>
    Array.from({ length: columns }, (_, at) => value(tokens, at, row)),
  );
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
  type Maker = (port: GraphPort, rows: Rows, past: number, leading: readonly number[]) => GraphTensor;
  /** The column, of all, where a row's new tokens begin. */
  const startOf = (past: number, leading: readonly number[], row: number): number =>
    Math.max(past, leading[row]!);
  const makers: Record<string, Maker> = {
    [ids]: (port, rows, past, leading) =>
      integers(
        body,
        port,
        rows,
        widthOf(rows),
        (tokens, at, row) => tokens[past + at - startOf(past, leading, row)] ?? 0,
      ),
  };
  if (mask !== undefined)
    makers[mask] = (port, rows, past, leading) =>
      integers(body, port, rows, past + widthOf(rows), (tokens, at, row) =>
        Number(at >= leading[row]! && at < startOf(past, leading, row) + tokens.length),
      );
  if (positions !== undefined)
    makers[positions] = (port, rows, past, leading) =>
      integers(body, port, rows, widthOf(rows), (_, at, row) => Math.max(0, past + at - leading[row]!));

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
    sequences: (rows, past, leading) =>
      Object.fromEntries(plain.map((port) => [port.name, makers[port.name]!(port, rows, past, leading)])),
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
