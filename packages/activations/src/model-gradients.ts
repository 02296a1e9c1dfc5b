import {
  SakeError,
  type LossOptions,
  type LossSequence,
  type MlpKeyOptions,
  type ModelGradients,
  type Prompt,
} from '@sakejs/spec';
import { checkLayers } from './capture.js';
import type { GradientSource } from './gradient-source.js';
import { openLossSession, type LossSession } from './loss-session.js';
import { openKeyReader, readMlpKeys, type KeyReader } from './mlp-keys.js';
import { createStreamLoss } from './stream-loss.js';

/** Gradients that hold sessions. */
export interface OpenGradients extends ModelGradients {
  close(): Promise<void>;
}

export interface GradientsOptions {
  readonly source: GradientSource;
  readonly batchTokens: number;
  /** Token ids of prompts, checked. */
  readonly sequences: (prompts: readonly Prompt[], where: string) => (readonly number[])[];
}

/**
 * Gradients of a loaded model. The graph is read again when they are first asked for; a block's graphs then stay open
 * until the model is closed.
 */
export function createModelGradients({ source, batchTokens, sequences }: GradientsOptions): OpenGradients {
  const losses = new Map<number, Promise<LossSession>>();
  const keys = new Map<number, Promise<KeyReader>>();
  const { decoder, config } = source;
  let closed = false;
  const check = (layer: number, where: string): void => {
    if (closed) throw new SakeError('invalid-input', `${where}: expected an open model, got a disposed one`);
    checkLayers([layer], { decoder, layers: config.layers }, where);
  };
  const budget = decoder.mixesRows ? 1 : batchTokens;
  return {
    async streamLoss(given: readonly LossSequence[], { layer, signal }: LossOptions) {
      check(layer, 'streamLoss');
      const checked = sequences(
        given.map(({ tokens }) => tokens),
        'streamLoss',
      );
      const session = await opened(losses, layer, () => openLossSession(source, layer));
      return createStreamLoss(
        session,
        given.map((sequence, i) => ({ ...sequence, tokens: checked[i]! })),
        {
          decoder,
          hiddenSize: config.hiddenSize,
          vocabularySize: decoder.vocabularySize,
          batchTokens: budget,
        },
        signal,
      );
    },
    async mlpKeys(prompts: readonly Prompt[], options: MlpKeyOptions) {
      check(options.layer, 'mlpKeys');
      const rows = sequences(prompts, 'mlpKeys');
      const reader = await opened(keys, options.layer, () => openKeyReader(source, options.layer));
      return readMlpKeys(reader, rows, options, budget);
    },
    async close() {
      closed = true;
      for (const open of [...losses.values(), ...keys.values()])
        await (await open.catch(() => undefined))?.close();
      losses.clear();
      keys.clear();
    },
  };
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
