import { type Edit, type ModelInfo, SakeError } from '@sakejs/spec';

/** How an edit and a model do not belong together. */
export interface ModelMismatch {
  /** `width`: it cannot be applied. `weights`: it can, but was learned on another model. */
  readonly kind: 'width' | 'weights';
  readonly message: string;
}

/**
 * Whether an edit was learned on this model: by hidden size, where the edit shows one, and by the hash of the weights.
 */
export function modelMismatch(edit: Edit, info: ModelInfo): ModelMismatch | undefined {
  const { model } = edit.provenance;
  const width = widthOf(edit);
  if (width !== undefined && width !== info.hiddenSize)
    return {
      kind: 'width',
      message: `edit '${edit.id}': expected a model of hidden size ${width} (it was learned on ${model.id}), got ${info.id} of hidden size ${info.hiddenSize}; learn it again on this model`,
    };
  if (model.sha256 !== info.sha256)
    return {
      kind: 'weights',
      message: `edit '${edit.id}': expected the model it was learned on, ${model.id} (sha256 ${model.sha256}), got ${info.id} (sha256 ${info.sha256}); learn it again on this model`,
    };
  return undefined;
}

/** Hidden size of the models that an edit can be applied to; undefined where it fits any. */
function widthOf(edit: Edit): number | undefined {
  switch (edit.kind) {
    case 'map':
      return edit.map.dim;
    case 'layer-hook':
      return edit.hook.values.cols;
    case 'weight-delta':
      return edit.deltas.map((delta) => ('dense' in delta ? delta.dense.cols : delta.u.rows))[0];
    case 'prompt':
      return undefined;
  }
}

/** @throws {SakeError} `shape-mismatch` for another width, `invalid-input` for other weights unless allowed. */
export function checkModel(edit: Edit, info: ModelInfo, allowOtherWeights: boolean): void {
  const mismatch = modelMismatch(edit, info);
  if (mismatch === undefined || (mismatch.kind === 'weights' && allowOtherWeights)) return;
  const width = mismatch.kind === 'width';
  throw new SakeError(
    width ? 'shape-mismatch' : 'invalid-input',
    width ? mismatch.message : `${mismatch.message}, or pass \`otherModels: 'allow'\``,
    { details: { edit: edit.id, model: edit.provenance.model, got: { id: info.id, sha256: info.sha256 } } },
  );
}
