import { SakeError } from '@sakejs/spec';
import { cachedLayers } from './cached-layers.js';
import type { ModelConfig } from './model-config.js';
import type { DecoderNames } from './split-decoder.js';

/** @throws {SakeError} `invalid-file` when config.json and the graph tell of different models. */
export function checkSizes(map: DecoderNames, config: ModelConfig): void {
  const { hiddenTensor, logits } = map;
  const layers = map.residuals?.length ?? cachedLayers(map.cache);
  const pairs: [string, number, number | undefined, string][] = [
    ['hidden size', config.hiddenSize, map.hiddenSize, hiddenTensor],
    ['number of layers', config.layers, layers, map.residuals?.at(-1) ?? hiddenTensor],
  ];
  for (const [what, said, found, tensor] of pairs)
    if (found !== undefined && found !== said)
      throw new SakeError(
        'invalid-file',
        `openDecoder: expected the ${what} of config.json, ${said}, got ${found} in the graph (tensor ${tensor})`,
        { details: { tensor } },
      );
  // A head may be padded to a rounder size, never smaller.
  if (map.vocabularySize < config.vocabularySize)
    throw new SakeError(
      'invalid-file',
      `openDecoder: expected logits of at least the vocab_size of config.json, ${config.vocabularySize}, got ` +
        `${map.vocabularySize} in the graph (tensor ${logits})`,
      { details: { tensor: logits } },
    );
}
