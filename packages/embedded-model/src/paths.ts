import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);

/**
 * Folder of the embedded model: `config.json`, `tokenizer.json`, `tokenizer_config.json`,
 * `generation_config.json`, `onnx/model.onnx` and `training.json`.
 */
export function embeddedModelDirectory(): string {
  return fileURLToPath(new URL('model', root));
}

/** Settings are chosen on `dev`; `test` is only for reporting. */
export type EmbeddedSplit = 'dev' | 'test';

/** File of benchmark records in CounterFact's original schema, made from facts the model was trained on. */
export function embeddedRecordsFile(split: EmbeddedSplit): string {
  return fileURLToPath(new URL(`records/${split}.json`, root));
}
