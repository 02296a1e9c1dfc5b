import type { Edit, LayerHookEdit, MapEdit, PromptEdit, ScopedEdit, WeightDeltaEdit } from '@sakejs/spec';

export const isMapEdit = (edit: Edit): edit is MapEdit => edit.kind === 'map';
export const isPromptEdit = (edit: Edit): edit is PromptEdit => edit.kind === 'prompt';
export const isLayerHookEdit = (edit: Edit): edit is LayerHookEdit => edit.kind === 'layer-hook';
export const isWeightDeltaEdit = (edit: Edit): edit is WeightDeltaEdit => edit.kind === 'weight-delta';
/** Whether an edit applies where its scope says; changes of weights apply always. */
export const isScopedEdit = (edit: Edit): edit is ScopedEdit => edit.kind !== 'weight-delta';
