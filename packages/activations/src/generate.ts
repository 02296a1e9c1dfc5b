import { throwIfAborted, type GeneratedToken } from '@sakejs/spec';
import { planBatches } from './batches.js';
import { createBatchStepper } from './batch-stepper.js';
import type { Decoder } from './decoder.js';
import type { GenerationModel, GenerationRow } from './generation-row.js';
import { probeRowSharing, type RowSharing } from './row-sharing.js';

/** A model that generates many texts at once. */
export interface BatchGenerationModel extends GenerationModel {
  /** Most tokens that the rows of a batch can come to have together. */
  readonly batchTokens: number;
  /** The decoder whose rows see of each other what those of `decoder` do, where it has been or is to be asked. */
  readonly sharesRowsAs?: Decoder;
}

/** A row on its way: what it has to show, and how it ended. */
interface Lane {
  readonly row: GenerationRow;
  readonly ready: GeneratedToken[];
  over: boolean;
  error?: unknown;
}

/** Most logits held at once. */
const CHUNK_VALUES = 1 << 22;

const sharing = new WeakMap<object, Promise<RowSharing>>();

/** What the decoder's rows may share, found out once. */
function sharingOf({ sharesRowsAs, hiddenSize, ...model }: BatchGenerationModel): Promise<RowSharing> {
  const decoder = sharesRowsAs ?? model.decoder;
  let known = sharing.get(decoder);
  if (!known) sharing.set(decoder, (known = probeRowSharing(decoder, hiddenSize)));
  return known;
}

/** Which lanes run side by side: as many as fit the budget, those of like length together. */
async function planLanes(model: BatchGenerationModel, lanes: readonly Lane[]): Promise<Lane[][]> {
  if (lanes.length < 2) return lanes.map((lane) => [lane]);
  const rule = await sharingOf(model);
  if (rule === 'none') return lanes.map((lane) => [lane]);
  const kinds = new Map<number, Lane[]>();
  for (const lane of lanes) {
    const key = rule === 'any' ? 0 : lane.row.tokens.length;
    kinds.set(key, [...(kinds.get(key) ?? []), lane]);
  }
  return [...kinds.values()].flatMap((kind) =>
    planBatches(
      kind.map(({ row }) => row.mostTokens),
      model.batchTokens,
    ).map((batch) => batch.map((index) => kind[index]!)),
  );
}

/** Makes one batch advance by a token a row. */
function createBatch(
  model: BatchGenerationModel,
  lanes: readonly Lane[],
  signal: AbortSignal | undefined,
): () => Promise<void> {
  const { decoder, hiddenSize: d } = model;
  const vocabulary = decoder.vocabularySize;
  const advance = createBatchStepper<GenerationRow>(decoder, d);
  const chunk = Math.max(1, Math.floor(CHUNK_VALUES / vocabulary));
  const logits = new Float32Array(Math.min(chunk, lanes.length) * vocabulary);
  /** What goes wrong with one row ends that row. */
  const attempt = async (lane: Lane, work: () => Promise<void> | void): Promise<void> => {
    try {
      await work();
    } catch (error) {
      lane.error = error;
      lane.over = true;
    }
  };

  return async () => {
    const going = lanes.filter(({ over }) => !over);
    const states = await advance(going.map(({ row }) => row));
    throwIfAborted(signal, 'generate');
    const steered: [Lane, Float32Array][] = [];
    for (const [index, lane] of going.entries())
      await attempt(lane, async () => {
        steered.push([lane, await lane.row.steer(states[index]!, signal)]);
      });
    throwIfAborted(signal, 'generate');
    for (let start = 0; start < steered.length; start += chunk) {
      const part = steered.slice(start, start + chunk);
      const hidden = new Float32Array(part.length * d);
      part.forEach(([, activation], index) => hidden.set(activation, index * d));
      await decoder.project(hidden, part.length, logits.subarray(0, part.length * vocabulary));
      throwIfAborted(signal, 'generate');
      for (const [index, [lane]] of part.entries())
        await attempt(lane, () => {
          lane.ready.push(...lane.row.choose(logits.subarray(index * vocabulary, (index + 1) * vocabulary)));
          lane.over ||= lane.row.ended;
        });
    }
  };
}

/**
 * Streams of many rows, in their order.
 *
 * Rows run in batches; one batch is under way at a time, so that memory stays bounded. Pulling a stream advances the
 * batch under way by a step, until that stream has a token; what it gives the other rows waits for them. A row
 * whose stream is left is out of the next step.
 *
 * @param open makes each row; what it throws is thrown by its own stream.
 */
export function generateRows(
  model: BatchGenerationModel,
  open: readonly (() => GenerationRow)[],
  signal: AbortSignal | undefined,
): AsyncGenerator<GeneratedToken, void, undefined>[] {
  const opened = open.map((make): Lane | { readonly error: unknown } => {
    try {
      return { row: make(), ready: [], over: false };
    } catch (error) {
      return { error };
    }
  });
  const lanes = opened.filter((lane): lane is Lane => 'row' in lane);
  let plan: Promise<Lane[][]> | undefined;
  let underWay: { readonly lanes: readonly Lane[]; readonly step: () => Promise<void> } | undefined;
  let pass: Promise<void> | undefined;

  /** Advances the batch under way, or else begins that of `wanted`. Never throws: what fails, fails its rows. */
  const runPass = async (wanted: Lane): Promise<void> => {
    let affected: readonly Lane[] = lanes;
    try {
      throwIfAborted(signal, 'generate');
      plan ??= planLanes(model, lanes);
      const batches = await plan;
      if (underWay === undefined) {
        const batch = batches.find((members) => members.includes(wanted))!;
        underWay = { lanes: batch, step: createBatch(model, batch, signal) };
      }
      affected = underWay.lanes;
      if (affected.some(({ over }) => !over)) await underWay.step();
    } catch (error) {
      for (const lane of affected.filter(({ over }) => !over)) {
        lane.error = error;
        lane.over = true;
      }
    }
    if (underWay?.lanes.every(({ over }) => over)) underWay = undefined;
  };

  async function* stream(
    lane: Lane | { readonly error: unknown },
  ): AsyncGenerator<GeneratedToken, void, undefined> {
    if (!('row' in lane)) throw lane.error;
    try {
      for (;;) {
        throwIfAborted(signal, 'generate');
        const next = lane.ready.shift();
        if (next !== undefined) yield next;
        else if (lane.over) break;
        else
          await (pass ??= runPass(lane).finally(() => {
            pass = undefined;
          }));
      }
    } finally {
      lane.over = true;
    }
    if (lane.error !== undefined) throw lane.error;
  }
  return opened.map(stream);
}
