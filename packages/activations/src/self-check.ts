import { bodyModel, encodeModel, HEAD_INPUT, HEAD_OUTPUT, toFloat16Bits } from '@sakejs/onnx';
import { createRandom, SakeError } from '@sakejs/spec';
import { checkCausal } from './causal-check.js';
import { createFeeder } from './decoder-feeds.js';
import { everyPosition } from './every-position.js';
import { createGraphSession, type Device, type GraphSession, type GraphTensor } from './graph-session.js';
import type { CutModel } from './open-model.js';
import { float32 } from './widen.js';

/** How the logits of body and head differ from those of the whole graph. */
export interface SelfCheck {
  /** Largest absolute difference of a logit. */
  readonly maxAbsError: number;
  /** Largest absolute logit of the whole graph. */
  readonly maxAbsLogit: number;
}

type Rows = readonly (readonly number[])[];

/** Tokens that are run. */
const LENGTH = 8;
/** Ids stay below it: vocabularies of logits may be padded beyond those of embeddings. */
const IDS = 256;

/**
 * Runs the same seeded token ids through a whole graph, and through its body and then its head.
 *
 * Rows of all positions go through the head together, as they do in the whole graph, so that what quantizes by the
 * range of a batch sees the same batch. Where the graph gives logits of its last positions only, these are compared.
 *
 * @throws {SakeError} `invalid-file` when the runtime refuses a graph or it gives no finite logits, `unsupported` for
 * inputs that it has no value for, and for a graph whose states depend on later tokens or are not of every position.
 */
export async function selfCheck(
  { split, config, start }: CutModel,
  options: { readonly threads: number; readonly device: Device },
): Promise<SelfCheck> {
  const { map } = split;
  const random = createRandom('inspect');
  const shape = start.model.graph.inputs.find(({ name }) => name === map.inputs.ids)?.type?.tensor?.shape;
  const [fixedRows, fixedLength] = [shape?.[0]?.value, shape?.[1]?.value];
  // Graphs that go on from a cache may take one token at a time.
  const count = Math.min(fixedLength ?? LENGTH, config.maxPositions);
  const known = Math.min(IDS, config.vocabularySize, map.vocabularySize);
  const ids = Array.from({ length: count }, () => random.integer(known));
  const run = async <T>(bytes: Uint8Array, work: (session: GraphSession) => Promise<T>): Promise<T> => {
    await using session = await createGraphSession(bytes, {
      ...options,
      ...(start.folder !== undefined && { externalDataFolder: start.folder }),
    });
    return await work(session);
  };
  const give =
    (output: string, rows: Rows = [ids]) =>
    async (session: GraphSession): Promise<GraphTensor> => {
      const feeder = createFeeder(session, map, config);
      const feeds = {
        ...feeder.sequences(
          rows,
          0,
          rows.map(() => 0),
        ),
        ...feeder.emptyCache(rows.length),
      };
      return (await session.run(feeds, [output]))[output]!;
    };
  const statesOf = (session: GraphSession) => {
    const together = async (rows: Rows): Promise<Float32Array> =>
      everyPosition(
        float32(await give(map.hiddenTensor, rows)(session), map.hiddenTensor),
        rows.length * count,
        map.hiddenSize,
        map.hiddenTensor,
      );
    return async (rows: Rows): Promise<Float32Array> => {
      if (fixedRows !== 1) return together(rows);
      const parts = [];
      for (const row of rows) parts.push(await together([row]));
      return Float32Array.from(parts.flatMap((part) => [...part]));
    };
  };
  // The runtime merges operators across tensors that nobody asks for, which changes the last bits, and quantizing blows
  // these up: so the whole graph shows what the body shows.
  const shown = [...new Set([map.logits, map.hiddenTensor, ...(map.residuals ?? [])])];
  const whole = await run(encodeModel(bodyModel(start.model, { outputs: shown })), give(map.logits));
  const hidden = await run(split.body, async (session) => {
    const read = statesOf(session);
    if (count > 1) await checkCausal(read, ids, (ids.at(-1)! + 1) % known, 'selfCheck');
    return read([ids]);
  });
  const parts = await run(split.head, async (session) => {
    const dims = [hidden.length / map.hiddenSize, map.hiddenSize];
    const given =
      session.inputs[0]!.type === 'float16'
        ? session.tensor(Uint16Array.from(hidden, toFloat16Bits), dims, 'float16')
        : session.tensor(hidden, dims);
    return float32((await session.run({ [HEAD_INPUT]: given }))[HEAD_OUTPUT]!, HEAD_OUTPUT);
  });
  return compare(float32(whole, map.logits), whole.dims.at(-1)!, parts, map.vocabularySize, map.logits);
}

/** Compares the rows that both have, from the last one on, over the columns that both have. */
function compare(
  whole: Float32Array,
  wholeWidth: number,
  parts: Float32Array,
  partsWidth: number,
  logits: string,
): SelfCheck {
  const rows = whole.length / wholeWidth;
  const partsRows = parts.length / partsWidth;
  let maxAbsError = 0;
  let maxAbsLogit = 0;
  for (let row = 1; row <= Math.min(rows, partsRows); row++)
    for (let column = 0; column < Math.min(wholeWidth, partsWidth); column++) {
      const logit = whole[(rows - row) * wholeWidth + column]!;
      const other = parts[(partsRows - row) * partsWidth + column]!;
      // Masked-out tokens are infinite on both sides.
      if (logit === other) continue;
      maxAbsError = Math.max(maxAbsError, Math.abs(logit - other));
    }
  for (const logit of whole) if (Number.isFinite(logit)) maxAbsLogit = Math.max(maxAbsLogit, Math.abs(logit));
  if (Number.isNaN(maxAbsError) || whole.some(Number.isNaN))
    throw new SakeError('invalid-file', `selfCheck: expected finite logits from ${logits}, got NaN`, {
      details: { tensor: logits },
    });
  return { maxAbsError, maxAbsLogit };
}
