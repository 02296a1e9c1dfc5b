import {
  inspectModel as inspectPath,
  loadCausalLM,
  type InspectOptions,
  type LoadOptions,
  type ModelInspection,
} from '@sakejs/activations';
import { embeddedModelDirectory } from '@sakejs/embedded-model';
import type { CausalLM } from '@sakejs/spec';

/** Threads default to 2. Pinned, since results may differ in the last bits across counts. */
export type LoadModelOptions = Omit<LoadOptions, 'id'>;

const EMBEDDED = 'embedded';

function pathOf(model: string): string {
  return model === EMBEDDED ? embeddedModelDirectory() : model;
}

/**
 * Loads the embedded model, or a local folder with a tokenizer and an ONNX graph of any exporter.
 *
 * @throws {SakeError} `not-found` or `invalid-file` naming what the folder lacks.
 */
export function loadModel(model: string = EMBEDDED, options: LoadModelOptions = {}): Promise<CausalLM> {
  return loadCausalLM(pathOf(model), { ...options, ...(model === EMBEDDED && { id: EMBEDDED }) });
}

/**
 * Looks into the embedded model, a local folder or an `.onnx` file: its head, its cache, whether edits can steer it.
 *
 * @throws {SakeError} `not-found`, `invalid-file`; `unsupported` for a graph that is no decoder.
 */
export function inspectModel(
  model: string = EMBEDDED,
  options: InspectOptions = {},
): Promise<ModelInspection> {
  return inspectPath(pathOf(model), options);
}
