import {
  SakeError,
  type ModelGradients,
  type Prompt,
  type StreamAddition,
  type WeightDelta,
} from '@sakejs/spec';
import { checkLayers } from './capture.js';
import type { Decoder } from './decoder.js';
import type { GradientSource } from './gradient-source.js';
import { openLossSession, type LossSession } from './loss-session.js';
import { openOutputReader, readMlpOutputs, type OutputReader } from './mlp-outputs.js';
import { createStreamLoss } from './stream-loss.js';

/** A model, or a view of it that runs with a change. */
export interface GradientView {
  readonly decoder: Decoder;
  /** Token ids of prompts, checked. */
  readonly sequences: (prompts: readonly Prompt[], where: string) => (readonly number[])[];
  /** What the view changes, if it does. */
  readonly change?: {
    readonly weights: readonly WeightDelta[];
    readonly hooks: readonly { readonly layers: readonly number[] }[];
    readonly additions?: (tokens: readonly number[]) => readonly StreamAddition[];
  };
}

/** A model's gradient graphs, each opened when it is first asked for. */
export interface GradientSessions {
  /** Gradients of the model or of a view of it. */
  of(view: GradientView): ModelGradients;
  close(): Promise<void>;
}

/**
 * Gradient graphs of a loaded model. The model's graph is read again for each; a block's graphs then stay open until the
 * model is closed.
 *
 * @param options.batchTokens most tokens, padding included, of a pass.
 */
export function createModelGradients({
  source,
  batchTokens,
}: {
  readonly source: GradientSource;
  readonly batchTokens: number;
}): GradientSessions {
  const losses = new Map<number, Promise<LossSession>>();
  const outputs = new Map<number, Promise<OutputReader>>();
  const { config } = source;
  let closed = false;
  const check = (layer: number, where: string): void => {
    if (closed) throw new SakeError('invalid-input', `${where}: expected an open model, got a disposed one`);
    checkLayers([layer], { decoder: source.decoder, layers: config.layers }, where);
  };
  return {
    of: ({ decoder, sequences, change }) => ({
      async streamLoss(given, { layer, signal }) {
        check(layer, 'streamLoss');
        const highest = Math.max(-1, ...changedLayers(change));
        // The graph of the blocks above is the plain model's.
        if (highest > layer)
          throw new SakeError(
            'unsupported',
            `streamLoss: expected a model that is changed up to block ${layer} at most, got a change of block ${highest}`,
            { details: { layer, changed: highest } },
          );
        const checked = sequences(
          given.map(({ tokens }) => tokens),
          'streamLoss',
        );
        const session = await opened(losses, layer, () => openLossSession(source, layer));
        const model = {
          decoder,
          hiddenSize: config.hiddenSize,
          vocabularySize: decoder.vocabularySize,
          batchTokens,
        };
        return createStreamLoss(
          session,
          given.map((sequence, i) => ({ ...sequence, tokens: checked[i]! })),
          { ...model, ...(change?.additions && { additions: change.additions }) },
          signal,
        );
      },
      async mlpOutputs(prompts, options) {
        check(options.layer, 'mlpOutputs');
        if (changedLayers(change).some((layer) => layer <= options.layer))
          throw new SakeError(
            'unsupported',
            `mlpOutputs: expected a model that is plain up to block ${options.layer}, got a changed one`,
          );
        const rows = sequences(prompts, 'mlpOutputs');
        const reader = await opened(outputs, options.layer, () => openOutputReader(source, options.layer));
        return readMlpOutputs(reader, rows, options, batchTokens);
      },
    }),
    async close() {
      closed = true;
      for (const open of [...losses.values(), ...outputs.values()])
        await (await open.catch(() => undefined))?.close();
      losses.clear();
      outputs.clear();
    },
  };
}

function changedLayers(change: GradientView['change']): number[] {
  return [
    ...(change?.weights ?? []).map(({ layer }) => layer),
    ...(change?.hooks ?? []).flatMap(({ layers }) => layers),
  ];
}

/** What is open for a block; a failure is not kept. */
function opened<T>(known: Map<number, Promise<T>>, layer: number, open: () => Promise<T>): Promise<T> {
  const before = known.get(layer);
  if (before !== undefined) return before;
  const opening = open();
  known.set(layer, opening);
  opening.catch(() => known.delete(layer));
  return opening;
}
