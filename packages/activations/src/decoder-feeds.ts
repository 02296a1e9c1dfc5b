import { toFloat16Bits, type DecoderMap } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import type { CacheAxes } from './decoder.js';
import { emptyCacheTensor } from './empty-cache.js';
import type { GraphPort, GraphSession, GraphTensor } from './graph-session.js';
import type { CacheSizes } from './model-config.js';

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
  /** Where the cache's tensors count rows and positions, by the names of its inputs. */
  readonly cacheAxes: Readonly<Record<string, CacheAxes>>;
}

/** What is fed to a decoder, by name. */
export interface FedTensors extends Pick<DecoderMap, 'inputs' | 'cache'> {
  /** Inputs that take changes, which others feed. Default none. */
  readonly changes?: readonly string[];
}

/** Makes one input's tensor. */
type Maker = (port: GraphPort, rows: Rows, past: number, leading: readonly number[]) => GraphTensor;

/** The column, of all, where a row's new tokens begin. */
function startOf(past: number, leading: number): number {
  return Math.max(past, leading);
}

function unsupported(what: string, port: GraphPort): SakeError {
  return new SakeError('unsupported', `createFeeder: ${what}`, { details: { tensor: port.name } });
}

/** Length of the longest row. */
export function widthOf(rows: Rows): number {
  return Math.max(...rows.map((tokens) => tokens.length));
}

/** Whole numbers as a tensor of the type that an input wants. */
function filled(body: GraphSession, port: GraphPort, values: number[], dims: readonly number[]): GraphTensor {
  switch (port.type) {
    case 'int64':
      return body.tensor(BigInt64Array.from(values, BigInt), dims);
    case 'int32':
      return body.tensor(Int32Array.from(values), dims);
    case 'float32':
      return body.tensor(Float32Array.from(values), dims);
    case 'float16':
      return body.tensor(Uint16Array.from(values, toFloat16Bits), dims, 'float16');
    case 'bool':
      return body.tensor(Uint8Array.from(values), dims, 'bool');
    default:
      throw unsupported(`expected numbers or bools for the input ${port.name}, got ${port.type}`, port);
  }
}

/** A maker of [rows, columns], a value for each; columns count from the first that is new, or from the first of all. */
function cells(
  body: GraphSession,
  columns: 'new' | 'all',
  value: (tokens: readonly number[], column: number, past: number, leading: number) => number,
): Maker {
  return (port, rows, past, leading) => {
    const width = widthOf(rows) + (columns === 'all' ? past : 0);
    const values = rows.flatMap((tokens, row) =>
      Array.from({ length: width }, (_, column) => value(tokens, column, past, leading[row]!)),
    );
    return filled(body, port, values, [rows.length, width]);
  };
}

/** A single value: a scalar, or the one element of a list. */
function single(body: GraphSession, value: (past: number) => number): Maker {
  return (port, _, past) =>
    filled(
      body,
      port,
      [value(past)],
      port.dims.map(() => 1),
    );
}

/** Makers of the inputs that decoders have, by name. */
function makersOf(body: GraphSession, map: FedTensors): Readonly<Record<string, Maker>> {
  const { ids, mask, positions } = map.inputs;
  return {
    [ids]: cells(body, 'new', (tokens, at, past, leading) => tokens[past + at - startOf(past, leading)] ?? 0),
    ...(mask !== undefined && {
      [mask]: cells(body, 'all', (tokens, at, past, leading) =>
        Number(at >= leading && at < startOf(past, leading) + tokens.length),
      ),
    }),
    ...(positions !== undefined && {
      [positions]: cells(body, 'new', (_, at, past, leading) => Math.max(0, past + at - leading)),
    }),
    cache_position: (port, rows, past) =>
      filled(
        body,
        port,
        Array.from({ length: widthOf(rows) }, (_, at) => past + at),
        [widthOf(rows)],
      ),
    use_cache_branch: single(body, (past) => Number(past > 0)),
    // 0 stands for all of them.
    num_logits_to_keep: single(body, () => 0),
  };
}

const INTEGERS: ReadonlySet<string> = new Set(['int64', 'int32']);

/**
 * A feeder for the inputs that a body has.
 *
 * @param sizes of the cache, where the graph does not say them.
 * @throws {SakeError} `unsupported` for an input it has no value for, ids that are no integers, a fixed length, or a
 * cache of unknown form.
 */
export function createFeeder(body: GraphSession, map: FedTensors, sizes: CacheSizes): DecoderFeeder {
  const makers = makersOf(body, map);
  const cacheNames = new Set(map.cache.map(({ input }) => input));
  const caches = body.inputs.filter(({ name }) => cacheNames.has(name));
  const changes = new Set(map.changes);
  const plain = body.inputs.filter(({ name }) => !cacheNames.has(name) && !changes.has(name));
  for (const port of plain) {
    const { name, type, dims } = port;
    if (!Object.hasOwn(makers, name))
      throw unsupported(
        `expected the inputs ${Object.keys(makers).join(', ')} and a cache, got ${name} too`,
        port,
      );
    const isMask = name === map.inputs.mask;
    if (!isMask && type !== 'bool' && !INTEGERS.has(type))
      throw unsupported(`expected integers for the input ${name}, got ${type}`, port);
    if ((isMask || name === map.inputs.ids || name === map.inputs.positions) && dims.length !== 2)
      throw unsupported(
        `expected the input ${name} to be [batch, length], got [${dims.join(', ')}]; export the model with a ` +
          'two-dimensional one',
        port,
      );
    // Decoders that go on from a cache may take one token at a time.
    if (name === map.inputs.ids && typeof dims[1] === 'number' && (dims[1] !== 1 || caches.length === 0))
      throw unsupported(
        `expected the input ${name} to be of any length, got [${dims.join(', ')}]; export the model with dynamic axes`,
        port,
      );
  }
  const outputs = new Map(body.outputs.map((port) => [port.name, port]));
  const pairs = caches.map((port) => {
    const { output } = map.cache.find(({ input }) => input === port.name)!;
    return { port, present: outputs.get(output) };
  });
  // Whether its form is known shows before anything runs.
  const cacheAxes = Object.fromEntries(
    pairs.map(({ port, present }) => {
      const [one, two] = [1, 2].map((rows) => emptyCacheTensor(body, port, present, rows, sizes).dims);
      const rows = one!.findIndex((size, axis) => size !== two![axis]);
      return [port.name, { rows, positions: one!.indexOf(0) }];
    }),
  );

  return {
    sequences: (rows, past, leading) =>
      Object.fromEntries(plain.map((port) => [port.name, makers[port.name]!(port, rows, past, leading)])),
    emptyCache: (rows) =>
      Object.fromEntries(
        pairs.map(({ port, present }) => [port.name, emptyCacheTensor(body, port, present, rows, sizes)]),
      ),
    cacheAxes,
  };
}
