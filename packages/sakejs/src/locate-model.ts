import { stat } from 'node:fs/promises';
import { weightBytes, type GraphChoice } from '@sakejs/activations';
import { embeddedModelDirectory } from '@sakejs/embedded-model';
import { isHubId, resolveModel, type ResolveOptions } from '@sakejs/hub';

/** Settings of a hub id; which graph is wanted is said once, beside them. */
export type HubOptions = Omit<ResolveOptions, 'dtype' | 'file' | 'format'>;

/** A model on this machine. */
export interface LocatedModel {
  /** A folder, or an `.onnx` file. */
  readonly path: string;
  /** `embedded`, the path as it was given, or `owner/name@commit`. */
  readonly id: string;
  /** The graph in the folder, where the hub's listing chose it. */
  readonly file?: string;
}

/**
 * Finds the embedded model, a local one, or one of the Hugging Face hub, which is downloaded as far as the cache lacks it.
 *
 * What exists on this machine under a path goes before a hub id of the same spelling, and a bare name is never one.
 * @throws {SakeError} for a hub id those of `resolveModel`.
 */
export async function locateModel(
  model: string,
  choice: GraphChoice,
  hub: HubOptions = {},
): Promise<LocatedModel> {
  if (model === 'embedded') return { path: embeddedModelDirectory(), id: model };
  if (!isHubId(model) || (await exists(model))) return { path: model, id: model };
  const { dtype, file } = choice;
  const { folder, id, commit, entry } = await resolveModel(model, {
    ...hub,
    ...(dtype !== undefined && { dtype }),
    ...(file !== undefined && { file }),
  });
  return { path: folder, id: `${id}@${commit}`, file: entry };
}

/**
 * The bytes of a model's weights on disk, where it is on this machine under the name it is given; undefined for a hub id.
 *
 * @throws {SakeError} `not-found` as `loadModel`, for a path without a model.
 */
export async function localWeightBytes(model: string, choice: GraphChoice = {}): Promise<number | undefined> {
  if (model === 'embedded') return weightBytes(embeddedModelDirectory(), choice);
  return isHubId(model) && !(await exists(model)) ? undefined : weightBytes(model, choice);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
