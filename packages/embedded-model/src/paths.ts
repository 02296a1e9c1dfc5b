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

/**
 * File of benchmark records in RippleEdits' schema, labels in place of Wikidata's ids: what follows from an edit and
 * what must not. Their subjects are edited in no record of {@link embeddedRecordsFile}.
 */
export function embeddedPopularFile(split: EmbeddedSplit): string {
  return fileURLToPath(new URL(`records/popular-${split}.json`, root));
}
