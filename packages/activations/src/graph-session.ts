import type { TensorData } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import * as ort from 'onnxruntime-node';
import { blamedTensor } from './blamed-tensor.js';

/** Element types a session takes and gives; float16 values travel as their bits in a `Uint16Array`. */
export type TensorType =
  | 'float32'
  | 'float64'
  | 'float16'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool';

/** A tensor over memory that JavaScript owns: values changed in place are seen by the next run. */
export interface GraphTensor {
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** An input or output of a graph; a name in `dims` is a size that may change between runs. */
export interface GraphPort {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

/** What executes a graph: ONNX Runtime's execution providers. */
export const devices = ['cpu', 'cuda', 'coreml', 'dml'] as const;

export type Device = (typeof devices)[number];

export interface GraphSessionOptions {
  /** Threads within an operator. Default 2. Operators themselves run one after the other. */
  readonly threads?: number;
  /** How far ONNX Runtime may rewrite the graph. Default `all`. */
  readonly optimization?: 'all' | 'extended' | 'basic' | 'disabled';
  /**
   * Whether idle threads wait busily for the next operator: quicker on cores that have nothing else to do, slower
   * beside other sessions or work. Results are the same. Default false.
   */
  readonly spinning?: boolean;
  /** What executes the graph; operators that it lacks run on the CPU. Default `cpu`. */
  readonly device?: Device;
  /**
   * Folder of the external data of a graph given as bytes, with no links on its way. ONNX Runtime maps the files where
   * they are.
   */
  readonly externalDataFolder?: string;
}

/** What is fetched: names, or tensors to write into (null: a new one). */
export type Fetches = readonly string[] | Readonly<Record<string, GraphTensor | null>>;

/** A graph loaded into ONNX Runtime. */
export interface GraphSession {
  readonly inputs: readonly GraphPort[];
  readonly outputs: readonly GraphPort[];
  readonly threads: number;
  readonly optimization: string;
  readonly device: Device;
  /**
   * A tensor over `data`, which is kept, not copied; make it once and run it often.
   *
   * @param type needed where the array does not tell: `bool` (over a Uint8Array), `float16` (over a Uint16Array).
   * @throws {SakeError} `shape-mismatch` when dims and data disagree, `invalid-input` for an array of another type.
   */
  tensor(data: TensorData, dims: readonly number[], type?: TensorType): GraphTensor;
  /**
   * Computes outputs. Only what is fetched is computed and copied; a fetch that is a tensor is written in place
   * and is also what comes back. Default: every output.
   *
   * @throws {SakeError} `invalid-input` for a missing feed, an unknown name or a shape the graph refuses.
   */
  run(
    feeds: Readonly<Record<string, GraphTensor>>,
    fetches?: Fetches,
  ): Promise<Readonly<Record<string, GraphTensor>>>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Version of the runtime that executes sessions. */
export const onnxruntimeVersion: string = ort.env.versions.node ?? ort.env.versions.common;

const ONLY_FATAL = 4;
const native = new WeakMap<GraphTensor, ort.Tensor>();

function typeOf(data: TensorData): TensorType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Float64Array) return 'float64';
  if (data instanceof BigInt64Array) return 'int64';
  if (data instanceof BigUint64Array) return 'uint64';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Uint32Array) return 'uint32';
  if (data instanceof Int16Array) return 'int16';
  if (data instanceof Uint16Array) return 'uint16';
  if (data instanceof Int8Array) return 'int8';
  return 'uint8';
}

function createTensor(
  data: TensorData,
  dims: readonly number[],
  type: TensorType = typeOf(data),
): GraphTensor {
  const size = dims.reduce((product, dim) => product * dim, 1);
  if (size !== data.length || dims.some((dim) => dim < 0 || !Number.isInteger(dim)))
    throw new SakeError(
      'shape-mismatch',
      `tensor: expected [${dims.join(', ')}] = ${size} values, got ${data.length}`,
    );
  const tensor: GraphTensor = { type, dims: [...dims], data };
  try {
    native.set(tensor, new ort.Tensor(type, data, dims) as ort.Tensor);
  } catch (cause) {
    throw new SakeError(
      'invalid-input',
      `tensor: expected an array for values of type ${type}, got a ${data.constructor.name}: ${messageOf(cause)}`,
      { cause },
    );
  }
  return tensor;
}

function toNative(tensor: GraphTensor): ort.Tensor {
  const known = native.get(tensor);
  if (known) return known;
  const made = native.get(createTensor(tensor.data, tensor.dims, tensor.type))!;
  native.set(tensor, made);
  return made;
}

function fromNative(tensor: ort.Tensor): GraphTensor {
  const data = tensor.data as TensorData;
  const wrapped: GraphTensor = {
    type: tensor.type as TensorType,
    dims: tensor.dims,
    // Where JavaScript has a Float16Array, the runtime gives one.
    data:
      tensor.type === 'float16' && !(data instanceof Uint16Array)
        ? new Uint16Array(
            (data as TensorData).buffer,
            (data as TensorData).byteOffset,
            (data as TensorData).length,
          )
        : data,
  };
  native.set(wrapped, tensor);
  return wrapped;
}

function ports(metadata: readonly ort.InferenceSession.ValueMetadata[]): GraphPort[] {
  return metadata.map((port) =>
    port.isTensor
      ? { name: port.name, type: port.type, dims: port.shape }
      : { name: port.name, type: 'not a tensor', dims: [] },
  );
}

function unknownName(what: string, name: string, known: readonly string[]): SakeError {
  return new SakeError('invalid-input', `run: expected ${what} among ${known.join(', ')}, got '${name}'`);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** What ONNX Runtime says when it has no such execution provider, or not the libraries that it needs. */
const NO_PROVIDER = /backend not found|AppendExecutionProvider|execution provider.*(not|fail)/i;

function refusal(cause: unknown, model: Uint8Array | string, device: Device): SakeError {
  if (device !== 'cpu' && NO_PROVIDER.test(messageOf(cause)))
    return new SakeError(
      'unsupported',
      `createGraphSession: expected a device that the installed ONNX Runtime can use, got ${device}: ` +
        `${messageOf(cause)}; it was built for ${ort
          .listSupportedBackends()
          .map(({ name }) => name)
          .join(', ')}, ` +
        'of which all but cpu need their own libraries',
      { details: { device }, cause },
    );
  const what = typeof model === 'string' ? model : `${model.length} bytes`;
  const { type, ...blamed } = blamedTensor(messageOf(cause), typeof model === 'string' ? undefined : model);
  const about =
    blamed.tensor === undefined ? '' : ` (tensor ${blamed.tensor}${type === undefined ? '' : `, ${type}`})`;
  return new SakeError(
    'invalid-file',
    `createGraphSession: expected a graph that ONNX Runtime loads, got ${what}: ${messageOf(cause)}${about}`,
    { details: blamed, cause },
  );
}

/**
 * Loads an ONNX graph, from its bytes or from a file, for repeated runs.
 *
 * Thread counts are pinned (`threads` within an operator, 1 between operators), because ONNX Runtime promises
 * no bitwise equality across thread counts.
 *
 * @throws {SakeError} `invalid-file` when the runtime refuses the graph, with the node and the tensor in `details` as far as
 * its words tell them; `unsupported` for a device that the runtime lacks, `invalid-option` for a thread count below 1 or an
 * unknown device.
 */
export async function createGraphSession(
  model: Uint8Array | string,
  options: GraphSessionOptions = {},
): Promise<GraphSession> {
  const { threads = 2, optimization = 'all', spinning = false, device = 'cpu', externalDataFolder } = options;
  if (!Number.isInteger(threads) || threads < 1)
    throw new SakeError('invalid-option', `createGraphSession: expected threads >= 1, got ${threads}`);
  if (!devices.includes(device))
    throw new SakeError(
      'invalid-option',
      `createGraphSession: expected a device among ${devices.join(', ')}, got ${String(device)}`,
    );
  const settings: ort.InferenceSession.SessionOptions = {
    executionProviders: [device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: optimization,
    logSeverityLevel: ONLY_FATAL,
    extra: {
      session: {
        intra_op: { allow_spinning: spinning ? '1' : '0' },
        ...(externalDataFolder !== undefined && {
          model_external_initializers_file_folder_path: externalDataFolder,
        }),
      },
    },
  };
  let session: ort.InferenceSession | undefined;
  try {
    session =
      typeof model === 'string'
        ? await ort.InferenceSession.create(model, settings)
        : await ort.InferenceSession.create(model, settings);
  } catch (cause) {
    throw refusal(cause, model, device);
  }
  const inputs = ports(session.inputMetadata);
  const outputs = ports(session.outputMetadata);
  const inputNames = inputs.map(({ name }) => name);
  const outputNames = outputs.map(({ name }) => name);

  return {
    inputs,
    outputs,
    threads,
    optimization,
    device,
    tensor: createTensor,
    async run(feeds, fetches = outputNames) {
      if (!session) throw new SakeError('invalid-input', 'run: expected an open session, got a disposed one');
      const given: Record<string, ort.Tensor> = {};
      for (const [name, tensor] of Object.entries(feeds)) {
        if (!inputNames.includes(name)) throw unknownName('an input', name, inputNames);
        given[name] = toNative(tensor);
      }
      const missing = inputNames.filter((name) => !(name in given));
      if (missing.length > 0)
        throw new SakeError(
          'invalid-input',
          `run: expected a tensor for every input, got none for ${missing.join(', ')}`,
        );
      const wanted = Array.isArray(fetches)
        ? (fetches as readonly string[]).map((name) => [name, null] as const)
        : Object.entries(fetches as Readonly<Record<string, GraphTensor | null>>);
      const targets: Record<string, ort.Tensor | null> = {};
      for (const [name, tensor] of wanted) {
        if (!outputNames.includes(name)) throw unknownName('an output', name, outputNames);
        targets[name] = tensor && toNative(tensor);
      }
      if (wanted.length === 0)
        throw new SakeError('invalid-input', 'run: expected an output to fetch, got none');
      let results: ort.InferenceSession.OnnxValueMapType;
      try {
        results = await session.run(given, targets);
      } catch (cause) {
        throw new SakeError('invalid-input', `run: ONNX Runtime refused the tensors: ${messageOf(cause)}`, {
          cause,
        });
      }
      return Object.fromEntries(
        wanted.map(([name, tensor]) => [name, tensor ?? fromNative(results[name] as ort.Tensor)]),
      );
    },
    async [Symbol.asyncDispose]() {
      const open = session;
      session = undefined;
      await open?.release();
    },
  };
}
