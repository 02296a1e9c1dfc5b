import { stat } from 'node:fs/promises';
import { loadCausalLM, type LoadOptions } from '@sakejs/activations';
import { embeddedModelDirectory } from '@sakejs/embedded-model';
import { isHubId, resolveModel, type ResolveOptions } from '@sakejs/hub';
import type { CausalLM } from '@sakejs/spec';

/** Options of `loadCausalLM` but the name, which follows from the model; `threads` is 2 by default. */
export interface LoadModelOptions extends Omit<LoadOptions, 'id'> {
  /** For a hub id: revision, precision, cache, token, progress … Default: what the environment says. */
  readonly hub?: ResolveOptions;
}

/**
 * Loads the embedded model, a local one, or one of the Hugging Face hub.
 *
 * @param model `embedded`; a local path; or `owner/name`, `owner/name@revision`. What exists on this machine under that
 * path goes before a hub id of the same spelling, and a bare name is never one.
 * @returns a model whose `info.id` is `embedded`, the path, or `owner/name@commit`.
 * @throws {SakeError} `not-found` or `invalid-file` naming what the folder lacks; for a hub id those of `resolveModel`.
 */
export async function loadModel(
  model: string = 'embedded',
  options: LoadModelOptions = {},
): Promise<CausalLM> {
  const { hub, threads = 2, ...rest } = options;
  const load = (folder: string, id: string): Promise<CausalLM> =>
    loadCausalLM(folder, { ...rest, threads, id });
  if (model === 'embedded') return load(embeddedModelDirectory(), model);
  if (!isHubId(model) || (await exists(model))) return load(model, model);
  const { folder, id, commit } = await resolveModel(model, hub);
  return load(folder, `${id}@${commit}`);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
