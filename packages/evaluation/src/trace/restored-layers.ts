import type { StateKind } from '@sakejs/spec';

/** A window of 10 of 48 blocks, which Meng et al. (2022) put back at once in GPT2-XL, for a model of another depth. */
export function defaultWindow(layers: number): number {
  return Math.max(1, Math.round((layers * 10) / 48));
}

/**
 * The blocks whose states are put back for one in their middle: that one of the stream, a window of the parts.
 *
 * A window of w reaches from ⌊w/2⌋ blocks before to ⌈w/2⌉ − 1 behind, as far as there are blocks. Source: the code of
 * Meng et al. (2022).
 */
export function restoredLayers(kind: StateKind, layer: number, window: number, layers: number): number[] {
  if (kind === 'stream') return [layer];
  const from = Math.max(0, layer - Math.floor(window / 2));
  const to = Math.min(layers, layer + Math.ceil(window / 2));
  return Array.from({ length: to - from }, (_, i) => from + i);
}
