import {
  matrix,
  SakeError,
  throwIfAborted,
  type RestoredRun,
  type StateKind,
  type TracedPrompt,
} from '@sakejs/spec';
import type { RestorableState } from '@sakejs/onnx';
import type { GraphTensor } from './graph-session.js';
import type { RestoringFeeds, RestoringSession } from './restoring-session.js';

/** What a traced prompt needs to know of the model. */
export interface TracedModel {
  readonly session: RestoringSession;
  readonly layers: number;
  readonly hiddenSize: number;
  /** Most tokens of a pass. */
  readonly batchTokens: number;
}

/** Runs a prompt undisturbed and keeps its states. */
export async function tracePrompt(tokens: readonly number[], model: TracedModel): Promise<TracedPrompt> {
  const { session, hiddenSize: d } = model;
  const names = [session.hiddenTensor, ...session.states.map(({ tensor }) => tensor)];
  const clean = await session.run([tokens], {}, names);
  const length = tokens.length;
  const lastRows = (hidden: Float32Array, rows: number): Float32Array => {
    const last = new Float32Array(rows * d);
    for (let row = 0; row < rows; row++) {
      const from = ((row + 1) * length - 1) * d;
      last.set(hidden.subarray(from, from + d), row * d);
    }
    return last;
  };
  const values: RestoringFeeds = Object.fromEntries(
    session.states.map((state) => [state.values, session.tensor(clean.get(state.tensor)!, [1, length, d])]),
  );
  const rowsOfPass = session.fixedRows === 1 ? 1 : Math.max(1, Math.floor(model.batchTokens / length));
  return {
    tokens,
    lastTokenActivation: lastRows(clean.get(session.hiddenTensor)!, 1),
    states: (kind, layer) =>
      matrix(length, d, clean.get(stateAt(model, kind, layer, 'states').tensor)!.slice()),
    async run(runs, { signal } = {}) {
      const checked = runs.map((run) => checkedRun(run, length, model));
      const last = new Float32Array(runs.length * d);
      for (let from = 0; from < runs.length; from += rowsOfPass) {
        throwIfAborted(signal, 'tracing');
        const part = checked.slice(from, from + rowsOfPass);
        const feeds = { ...values, ...feedsOf(session, part, length, d) };
        const rows = part.map(() => tokens);
        const states = await session.run(rows, feeds, [session.hiddenTensor]);
        last.set(lastRows(states.get(session.hiddenTensor)!, part.length), from * d);
      }
      return matrix(runs.length, d, last);
    },
  };
}

/** A run whose sites are found among the session's states. */
interface CheckedRun {
  readonly noise: RestoredRun['noise'];
  readonly restored: readonly { readonly state: RestorableState; readonly position: number }[];
}

function checkedRun({ noise, restored }: RestoredRun, length: number, model: TracedModel): CheckedRun {
  for (const { position } of [...noise, ...restored])
    if (!Number.isInteger(position) || position < 0 || position >= length)
      throw new SakeError(
        'invalid-input',
        `run: expected positions in [0, ${length}), got ${String(position)}`,
      );
  const wrong = noise.find(({ values }) => values.length !== model.hiddenSize);
  if (wrong !== undefined)
    throw new SakeError(
      'shape-mismatch',
      `run: expected noise of width ${model.hiddenSize}, got ${wrong.values.length}`,
    );
  return {
    noise,
    restored: restored.map(({ kind, layer, position }) => ({
      state: stateAt(model, kind, layer, 'run'),
      position,
    })),
  };
}

function stateAt(
  { session, layers }: TracedModel,
  kind: StateKind,
  layer: number,
  where: string,
): RestorableState {
  const missing = session.missing.get(kind);
  if (missing !== undefined)
    throw new SakeError('unsupported', `${where}: ${missing.message}`, {
      details: missing.details,
      cause: missing,
    });
  const found = session.states.find((state) => state.kind === kind && state.layer === layer);
  if (found !== undefined) return found;
  const least = kind === 'stream' ? -1 : 0;
  throw new SakeError(
    'invalid-input',
    `${where}: expected a layer of the ${kind} in [${least}, ${layers}), got ${String(layer)}`,
  );
}

/** Noise and masks of a pass; states that no run puts back are left out. */
function feedsOf(
  session: RestoringSession,
  runs: readonly CheckedRun[],
  length: number,
  d: number,
): RestoringFeeds {
  const noise = new Float32Array(runs.length * length * d);
  const masks = new Map<string, Uint8Array>();
  for (const [row, run] of runs.entries()) {
    for (const { position, values } of run.noise) {
      const at = (row * length + position) * d;
      for (let i = 0; i < d; i++) noise[at + i]! += values[i]!;
    }
    for (const { state, position } of run.restored) {
      const mask = masks.get(state.mask) ?? new Uint8Array(runs.length * length);
      mask[row * length + position] = 1;
      masks.set(state.mask, mask);
    }
  }
  const feeds: Record<string, GraphTensor> = {
    [session.noise]: session.tensor(noise, [runs.length, length, d]),
  };
  for (const [name, mask] of masks) feeds[name] = session.tensor(mask, [runs.length, length, 1], 'bool');
  return feeds;
}
