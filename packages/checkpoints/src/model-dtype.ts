import type { WeightStorage } from '@sakejs/onnx';

/** Precisions a model is stored in, by the names that transformers.js has for them. */
export type ModelDtype = 'fp32' | 'fp16' | 'q8' | 'q4';

const MODELS: Readonly<Record<ModelDtype, { readonly file: string; readonly storage: WeightStorage }>> = {
  fp32: { file: 'model.onnx', storage: 'float32' },
  fp16: { file: 'model_fp16.onnx', storage: 'float16' },
  q8: { file: 'model_quantized.onnx', storage: 'int8' },
  q4: { file: 'model_q4.onnx', storage: 'int4' },
};

/** Every precision that a checkpoint can be converted to. */
export const modelDtypes: readonly ModelDtype[] = Object.keys(MODELS) as ModelDtype[];

export function isModelDtype(value: unknown): value is ModelDtype {
  return typeof value === 'string' && Object.hasOwn(MODELS, value);
}

/** Name of the model's file, and how its matrices are stored. */
export function modelForm(dtype: ModelDtype): { readonly file: string; readonly storage: WeightStorage } {
  return MODELS[dtype];
}
