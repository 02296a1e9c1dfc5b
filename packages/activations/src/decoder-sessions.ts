import { SakeError } from '@sakejs/spec';
import type { Decoder, ForwardStates, KeyValueCache } from './decoder.js';
import { createGraphSession, type GraphPort, type GraphSession, type GraphTensor } from './graph-session.js';
import type { ModelConfig } from './model-config.js';

/** A decoder graph cut before its LM head. */
export interface SplitDecoder {
  /** Ids, mask, positions and cache in; hidden states, residual streams and cache out. */
  readonly body: Uint8Array;
  /** Hidden states [n, d] in, logits [n, vocabulary] out. */
  readonly head: Uint8Array;
  /** The body's output that is the input of the LM head. */
  readonly hidden: string;
  /** The body's outputs that are the residual stream after each block. */
  readonly residuals: readonly string[];
}

type Feeds = Record<string, GraphTensor>;

const CACHE_IN = /^past_key_values\.(\d+\.(?:key|value))$/;

/** A body input that carries cached keys or values, and the output that carries the grown ones. */
interface CachePort {
  readonly port: GraphPort;
  readonly present: string;
}

function unsupported(what: string): SakeError {
  return new SakeError('unsupported', `loadCausalLM: ${what}`);
}

function findCachePorts(body: GraphSession): CachePort[] {
  const outputs = new Set(body.outputs.map(({ name }) => name));
  return body.inputs
    .filter(({ name }) => CACHE_IN.test(name))
    .map((port) => {
      const present = port.name.replace(CACHE_IN, 'present.$1');
      if (!outputs.has(present))
        throw unsupported(`expected an output ${present} beside the input ${port.name}, got none`);
      return { port, present };
    });
}

function integers(
  session: GraphSession,
  port: GraphPort,
  values: readonly number[],
  dims: readonly number[],
) {
  if (port.type === 'int64') return session.tensor(BigInt64Array.from(values, BigInt), dims);
  if (port.type === 'int32') return session.tensor(Int32Array.from(values), dims);
  throw unsupported(`expected integers for the input ${port.name}, got ${port.type}`);
}

function floats(tensor: GraphTensor, name: string): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  throw unsupported(`expected float32 states from ${name}, got ${tensor.type}`);
}

function emptyCache(
  body: GraphSession,
  ports: readonly CachePort[],
  config: ModelConfig,
  rows: number,
): Feeds {
  return Object.fromEntries(
    ports.map(({ port }) => {
      const [, heads, , size] = port.dims;
      const dims = [
        rows,
        typeof heads === 'number' ? heads : config.keyValueHeads,
        0,
        typeof size === 'number' ? size : config.headSize,
      ];
      if (port.type !== 'float32') throw unsupported(`expected a float32 cache, got ${port.type}`);
      return [port.name, body.tensor(new Float32Array(0), dims)];
    }),
  );
}

/** What a batch feeds to each input but the cache: rows end in padding that the mask hides. */
function createFeeder(body: GraphSession): (rows: readonly (readonly number[])[], past: number) => Feeds {
  const width = (rows: readonly (readonly number[])[]): number =>
    Math.max(...rows.map((tokens) => tokens.length));
  const cells = (
    rows: readonly (readonly number[])[],
    count: number,
    value: (tokens: readonly number[], column: number) => number,
  ): number[] =>
    rows.flatMap((tokens) => Array.from({ length: count }, (_, column) => value(tokens, column)));

  const makers = body.inputs
    .filter(({ name }) => !CACHE_IN.test(name))
    .map((port) => {
      const make = (rows: readonly (readonly number[])[], past: number): GraphTensor => {
        const columns = width(rows);
        switch (port.name) {
          case 'input_ids':
            return integers(
              body,
              port,
              cells(rows, columns, (tokens, at) => tokens[at] ?? 0),
              [rows.length, columns],
            );
          case 'attention_mask':
            return integers(
              body,
              port,
              cells(rows, past + columns, (tokens, at) => (at < past + tokens.length ? 1 : 0)),
              [rows.length, past + columns],
            );
          case 'position_ids':
            return integers(
              body,
              port,
              cells(rows, columns, (_, at) => past + at),
              [rows.length, columns],
            );
          default:
            throw unsupported(
              `expected the inputs input_ids, attention_mask, position_ids and past_key_values.*, got ${port.name}`,
            );
        }
      };
      make([[0]], 0);
      return [port.name, make] as const;
    });
  return (rows, past) => Object.fromEntries(makers.map(([name, make]) => [name, make(rows, past)]));
}

/**
 * Opens both halves of a decoder. One body session serves every request: only what is fetched is copied out.
 *
 * @throws {SakeError} `unsupported` for inputs, caches or state types it does not know.
 */
export async function openDecoder(
  split: SplitDecoder,
  config: ModelConfig,
  threads: number,
): Promise<Decoder> {
  const body = await createGraphSession(split.body, { threads });
  const head = await createGraphSession(split.head, { threads });
  const [headInput] = head.inputs;
  const [headOutput] = head.outputs;
  if (!headInput || !headOutput)
    throw unsupported('expected an LM head with an input and an output, got none');
  const cachePorts = findCachePorts(body);
  const feed = createFeeder(body);
  const d = config.hiddenSize;
  const vocabulary = headOutput.dims.at(-1);
  const vocabularySize = typeof vocabulary === 'number' ? vocabulary : config.vocabularySize;

  return {
    vocabularySize,
    dtype: headInput.type,
    cached: cachePorts.length > 0,
    async forward(rows, { layers, cache, keepCache = false }): Promise<ForwardStates> {
      const past = cache?.length ?? 0;
      const width = Math.max(...rows.map((tokens) => tokens.length));
      const names = layers.map((layer) => split.residuals[layer]!);
      const presents = keepCache ? cachePorts.map(({ present }) => present) : [];
      const results = await body.run(
        { ...feed(rows, past), ...(cache?.tensors ?? emptyCache(body, cachePorts, config, rows.length)) },
        [split.hidden, ...names, ...presents],
      );
      const states = (name: string): Float32Array => {
        const values = floats(results[name]!, name);
        if (values.length !== rows.length * width * d)
          throw unsupported(
            `expected ${name} of ${rows.length} x ${width} x ${d} values, got [${results[name]!.dims.join(', ')}]`,
          );
        return values;
      };
      const grown: KeyValueCache | undefined = keepCache
        ? {
            length: past + width,
            tensors: Object.fromEntries(
              cachePorts.map(({ port, present }) => [port.name, results[present]!]),
            ),
          }
        : undefined;
      return {
        width,
        hidden: states(split.hidden),
        layers: new Map(layers.map((layer, index) => [layer, states(names[index]!)])),
        ...(grown && { cache: grown }),
      };
    },
    async project(hidden, rows, logits) {
      await head.run(
        { [headInput.name]: head.tensor(hidden, [rows, d]) },
        { [headOutput.name]: head.tensor(logits, [rows, vocabularySize]) },
      );
    },
    async [Symbol.asyncDispose]() {
      await body[Symbol.asyncDispose]();
      await head[Symbol.asyncDispose]();
    },
  };
}
