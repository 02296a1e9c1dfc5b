import { loadCausalLM } from '@sakejs/activations';
import { embeddedModelDirectory } from '@sakejs/embedded-model';
import type { CausalLM } from '@sakejs/spec';

export interface LoadModelOptions {
  /** Threads of the runtime. Default 2. Pinned, since results may differ in the last bits across counts. */
  readonly threads?: number;
}

/**
 * Loads the embedded model, or a local folder with `config.json`, a tokenizer and an ONNX graph.
 *
 * @throws {SakeError} `not-found` or `invalid-file` naming what the folder lacks.
 */
export function loadModel(model: string = 'embedded', options: LoadModelOptions = {}): Promise<CausalLM> {
  const { threads = 2 } = options;
  return model === 'embedded'
    ? loadCausalLM(embeddedModelDirectory(), { threads, id: 'embedded' })
    : loadCausalLM(model, { threads });
}
