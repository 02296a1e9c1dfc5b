import {
  matrix,
  stateTracing,
  type CausalLM,
  type EmbeddingNoise,
  type RestoredRun,
  type StateKind,
} from '@sakejs/spec';
import type { TracedFact } from './known-facts.js';
import { noiseDraws } from './embedding-noise.js';
import { restoredLayers } from './restored-layers.js';
import { tokenProbabilities } from './token-probability.js';
import type { FactTrace, TraceSettings } from './trace-result.js';

/** A state that is put back, and where its effect belongs. */
interface Restoring {
  readonly kind: StateKind;
  readonly layer: number;
  readonly position: number;
  /** The blocks whose states are put back. */
  readonly layers: readonly number[];
}

/**
 * Traces one fact: P(object) undisturbed, with noise on the subject, and with noise while states are put back.
 *
 * All kinds, blocks and tokens see the same draws of noise. States that cannot matter have an effect of 0 and are not
 * run: those in front of the subject are undisturbed, and what the last block does at earlier tokens nothing reads.
 * Cost: tokens from the subject on · blocks · kinds · samples runs of the prompt.
 * @throws {SakeError} as `StateTracing.prepare` and `TracedPrompt.run`.
 */
export async function traceFact(
  lm: CausalLM,
  fact: TracedFact,
  settings: TraceSettings & { readonly deviation: number },
  signal?: AbortSignal,
): Promise<FactTrace> {
  const { layers, hiddenSize } = lm.info;
  const { samples, deviation, seed, kinds } = settings;
  const { prompt, subject, object, span, token } = fact;
  const traced = await stateTracing(lm, 'traceFact').prepare(prompt);
  const length = traced.tokens.length;
  const draws = noiseDraws(fact, { samples, deviation, seed, width: hiddenSize });
  const restorings = restoringsOf({ ...settings, layers, length, first: span.first });
  const runs = [undefined, ...restorings].flatMap((restoring) => runsOf(draws, restoring));
  const hidden = await traced.run(runs, signal === undefined ? {} : { signal });
  const probabilities = await tokenProbabilities(lm, hidden, token);
  const mean = (index: number): number =>
    probabilities.subarray(index * samples, (index + 1) * samples).reduce((sum, p) => sum + p, 0) / samples;
  const corrupted = mean(0);
  const effects = Object.fromEntries(
    kinds.map((kind) => [kind, Array.from({ length: layers }, () => new Array<number>(length).fill(0))]),
  ) as Record<StateKind, number[][]>;
  for (const [i, { kind, layer, position }] of restorings.entries())
    effects[kind][layer]![position] = mean(i + 1) - corrupted;
  const clean = await tokenProbabilities(lm, matrix(1, hiddenSize, traced.lastTokenActivation), token);
  return {
    ...{ prompt, subject, object },
    tokens: traced.tokens.map((id) => lm.decode([id])),
    subjectTokens: [span.first, span.last],
    ...{ clean: clean[0]!, corrupted, effects },
  };
}

function restoringsOf(options: {
  readonly kinds: readonly StateKind[];
  readonly window: number;
  readonly layers: number;
  readonly length: number;
  readonly first: number;
}): Restoring[] {
  const { kinds, window, layers, length, first } = options;
  return kinds.flatMap((kind) =>
    Array.from({ length: layers }, (_, layer) => restoredLayers(kind, layer, window, layers)).flatMap(
      (restored, layer) =>
        Array.from({ length: length - first }, (_, i): Restoring => {
          return { kind, layer, position: first + i, layers: restored };
        }).filter(({ position }) => position === length - 1 || restored.some((at) => at < layers - 1)),
    ),
  );
}

/** A run for every draw. */
function runsOf(
  draws: readonly (readonly EmbeddingNoise[])[],
  restoring: Restoring | undefined,
): RestoredRun[] {
  const { kind, position, layers = [] } = restoring ?? {};
  const restored = layers.map((layer) => ({ kind: kind!, layer, position: position! }));
  return draws.map((noise) => ({ noise, restored }));
}
