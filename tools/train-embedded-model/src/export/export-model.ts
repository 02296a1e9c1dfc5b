import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildDecoder, encodeModel } from '@sakejs/onnx';
import { writeFileAtomic } from '@sakejs/terminal';
import type { TrainingData } from '../corpus/training-data.js';
import type { TrainingState } from '../training/checkpoint.js';
import { huggingFaceConfig, modelConfig } from '../training/model-config.js';
import type { ParameterSet } from '../training/parameters.js';
import type { TrainingConfig } from '../training/training-config.js';
import { MODEL_FILE, RECORD_FILE, sha256, type TrainingRecord } from './training-record.js';

export interface ExportInput {
  readonly config: TrainingConfig;
  readonly data: TrainingData;
  readonly parameters: ParameterSet;
  readonly state: TrainingState;
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

/** Lines of tab-separated cells, the header first. */
const table = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, ...rows].map((cells) => `${cells.join('\t')}\n`).join('');

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Writes a model folder as Hugging Face lays it out, weights stored in float16 (computed in float32), and beside
 * it the benchmark records, the facts, the chains of two and the aliases. The next stage begins with what `model/`
 * then holds.
 *
 * @param directory of the package: `model/` and `records/` are written in it, each file whole or not at all, and
 *   `model/training.json` last: until then the next run takes the model for the one before, and exports again.
 */
export function exportModel(directory: string, { config, data, parameters, state }: ExportInput): void {
  const model = modelConfig(config);
  const { dataset, tokenizerFiles, encoder } = data;
  const weights = new Map(
    parameters.specs.map(({ name, shape }) => [name, { shape, data: parameters.view(name) }]),
  );
  const graph = buildDecoder(model, weights, { storage: 'float16' });
  const write = (path: string, content: string | Uint8Array): void => {
    const file = join(directory, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileAtomic(file, content);
  };
  const bytes = encodeModel(graph);
  write(join('model', MODEL_FILE), bytes);
  write('model/config.json', json(huggingFaceConfig(model, encoder.endOfText)));
  write(
    'model/generation_config.json',
    json({ eos_token_id: encoder.endOfText, pad_token_id: encoder.endOfText, do_sample: false }),
  );
  for (const [name, content] of Object.entries(tokenizerFiles)) write(`model/${name}`, content);
  for (const split of ['dev', 'test'] as const) {
    write(`records/${split}.json`, json(dataset.records[split]));
    write(`records/popular-${split}.json`, json(dataset.popular.records[split]));
  }
  write(
    'records/facts.tsv',
    table(
      ['relation', 'subject', 'object', 'kept out'],
      dataset.facts.map(({ relation, subject, object }) => [
        relation,
        subject,
        object,
        yesNo(dataset.keptOut.has(subject)),
      ]),
    ),
  );
  write(
    'records/compositions.tsv',
    table(
      ['first subject', 'first relation', 'bridge', 'second relation', 'object', 'shown'],
      dataset.compositions.map(({ first, second, shown }) => [
        first.subject,
        first.relation,
        first.object,
        second.relation,
        second.object,
        yesNo(shown),
      ]),
    ),
  );
  write(
    'records/aliases.tsv',
    table(
      ['subject', 'alias', 'rule'],
      dataset.aliases.map(({ subject, alias, rule }) => [subject, alias, rule]),
    ),
  );
  const { stage, step, nextDocument, nextLongDocument, tokens, seconds, loss } = state;
  const record: TrainingRecord = {
    config,
    data: data.fingerprint,
    weights: sha256(bytes),
    stage,
    stages: config.stages.length,
    step,
    nextDocument,
    nextLongDocument,
    tokens,
    seconds: Math.round(seconds),
    loss: Number.isNaN(loss) ? null : loss,
  };
  write(join('model', RECORD_FILE), json(record));
}
