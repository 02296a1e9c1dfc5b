import { createRandom, SakeError } from '@sakejs/spec';
import { effectsAtGroup, meanOverFacts } from './average-effects.js';
import type { FactTrace, LayerSuggestion } from './trace-result.js';

const RESAMPLES = 2000;

/**
 * The block for ROME: where putting the MLP's output back at the subject's last token restores most, on average over
 * facts. How sure that is, is told by resampling facts. Source: Meng et al. (2022), section 2.
 *
 * @throws {SakeError} `not-enough-data` for facts without traces of MLPs.
 */
export function suggestLayer(facts: readonly FactTrace[], seed: number): LayerSuggestion {
  const effects = facts.flatMap((fact) => {
    const own = effectsAtGroup(fact, 'mlp', 'subjectLast');
    return own === undefined ? [] : [own];
  });
  if (effects.length === 0)
    throw new SakeError(
      'not-enough-data',
      'suggestLayer: expected facts with traces of MLPs, got none; trace the kind mlp',
    );
  const layer = peak(effects);
  const random = createRandom(seed).fork('trace-layer');
  const peaks = Array.from({ length: RESAMPLES }, () =>
    peak(effects.map(() => effects[random.integer(effects.length)]!)),
  ).sort((a, b) => a - b);
  return {
    layer,
    effect: meanOverFacts(
      effects.map((own) => own[layer]!),
      seed,
    ),
    layers: [peaks[Math.floor(0.025 * (RESAMPLES - 1))]!, peaks[Math.ceil(0.975 * (RESAMPLES - 1))]!],
    share: peaks.filter((at) => at === layer).length / RESAMPLES,
  };
}

/** The block with the largest sum; the lowest of several. */
function peak(effects: readonly (readonly number[])[]): number {
  const sums = effects[0]!.map((_, layer) => effects.reduce((sum, own) => sum + own[layer]!, 0));
  return sums.indexOf(Math.max(...sums));
}
