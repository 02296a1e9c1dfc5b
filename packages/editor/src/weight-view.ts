import { type CausalLM, layerAccess, type WeightDeltaEdit } from '@sakejs/spec';

/** The view that was made last of each model. */
const views = new WeakMap<
  CausalLM,
  { readonly edits: readonly WeightDeltaEdit[]; readonly view: CausalLM }
>();

/**
 * The model with the weights that live edits make of it, all together; the model itself without any.
 *
 * @param edits oldest first, so that sums are the same whenever the same edits are live.
 * @throws {SakeError} `unsupported` for a model without access to its blocks; as `LayerAccess.withChange`.
 */
export function weightView(lm: CausalLM, edits: readonly WeightDeltaEdit[], where: string): CausalLM {
  if (edits.length === 0) return lm;
  const known = views.get(lm);
  if (
    known !== undefined &&
    known.edits.length === edits.length &&
    known.edits.every((edit, at) => edit === edits[at])
  )
    return known.view;
  const view = layerAccess(lm, where).withChange({ weights: edits.flatMap(({ deltas }) => deltas) });
  views.set(lm, { edits, view });
  return view;
}
