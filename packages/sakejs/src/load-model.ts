import {
  inspectModel as inspectPath,
  loadCausalLM,
  type InspectOptions,
  type LoadOptions,
  type ModelInspection,
} from '@sakejs/activations';
import type { CausalLM } from '@sakejs/spec';
import { locateModel, type HubOptions } from './locate-model.js';

/** Options of `loadCausalLM` but the name, which follows from the model; `threads` is 2 by default. */
export interface LoadModelOptions extends Omit<LoadOptions, 'id'> {
  /** For a hub id: cache, token, progress … Default: what the environment says. */
  readonly hub?: HubOptions;
}

/** Options of the inspection, and of the hub. */
export interface InspectModelOptions extends InspectOptions {
  readonly hub?: HubOptions;
}

/**
 * Loads the embedded model, a local one, or one of the Hugging Face hub.
 *
 * @param model `embedded`; a local folder or `.onnx` file; or `owner/name`, `owner/name@revision`. What exists on this
 * machine under that path goes before a hub id of the same spelling, and a bare name is never one.
 * @returns a model whose `info.id` is `embedded`, the path, or `owner/name@commit`.
 * @throws {SakeError} `not-found` or `invalid-file` naming what the folder lacks; for a hub id those of `resolveModel`.
 */
export async function loadModel(
  model: string = 'embedded',
  options: LoadModelOptions = {},
): Promise<CausalLM> {
  const { hub, ...rest } = options;
  const { path, ...located } = await locateModel(model, rest, hub);
  return loadCausalLM(path, { ...rest, ...located });
}

/**
 * Looks into a model, named as for {@link loadModel}: its head, its cache, whether edits can steer it.
 *
 * @throws {SakeError} `not-found`, `invalid-file`; `unsupported` for a graph that is no decoder.
 */
export async function inspectModel(
  model: string = 'embedded',
  options: InspectModelOptions = {},
): Promise<ModelInspection> {
  const { hub, ...rest } = options;
  const { path, file } = await locateModel(model, rest, hub);
  return inspectPath(path, { ...rest, ...(file !== undefined && { file }) });
}
