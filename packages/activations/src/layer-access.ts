import { SakeError, type LayerAccess, type Prompt } from '@sakejs/spec';
import { captureKeyStates, type StateReader } from './capture.js';
import { changedDecoder } from './changed-decoder.js';
import { createCausalLM, type CausalLMParts } from './create-causal-lm.js';
import { noWeights, withFurther, type LiveChange } from './live-change.js';

/**
 * A model's access to its blocks.
 *
 * @param change what the model already runs with.
 */
export function createLayerAccess(
  parts: CausalLMParts,
  change: LiveChange | undefined,
  reading: {
    readonly reader: StateReader;
    readonly sequences: (prompts: readonly Prompt[], where: string) => (readonly number[])[];
  },
): LayerAccess {
  const { info, decoder, changed, keySizes } = parts;
  const sizeAt =
    (where: string) =>
    (layer: number): number => {
      checkLayer(layer, info.layers, where);
      if (keySizes instanceof Array) return keySizes[layer]!;
      throw new SakeError('unsupported', `${where}: ${keySizes.message}`, {
        details: keySizes.details,
        cause: keySizes,
      });
    };
  // Plain states come from the plain body; keys take one that shows them.
  const reader: StateReader = {
    ...reading.reader,
    decoder: change?.decoder ?? changedDecoder(decoder, changed, noWeights),
  };
  return {
    keySize: sizeAt('keySize'),
    captureKeys: async (prompts, options) =>
      captureKeyStates(reader, reading.sequences(prompts, 'captureKeys'), options, sizeAt('captureKeys')),
    withChange: (further) =>
      createCausalLM(
        parts,
        withFurther(change, further, {
          info,
          showsStreams: decoder.showsLayers,
          keySize: sizeAt('withChange'),
          decoderWith: (weights) => changedDecoder(decoder, changed, weights),
        }),
      ),
  };
}

function checkLayer(layer: number, layers: number, where: string): void {
  if (!Number.isInteger(layer) || layer < 0 || layer >= layers)
    throw new SakeError('invalid-input', `${where}: expected a layer in [0, ${layers}), got ${layer}`);
}
