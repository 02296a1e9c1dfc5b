import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildDecoder, encodeModel } from '@sakejs/onnx';
import { writeFileAtomic } from '@sakejs/terminal';
import type { TrainingData } from '../corpus/training-data.js';
import type { TrainingState } from '../training/checkpoint.js';
import { huggingFaceConfig, modelConfig } from '../training/model-config.js';
import type { ParameterSet } from '../training/parameters.js';
import type { TrainingConfig } from '../training/training-config.js';

export interface ExportInput {
  readonly config: TrainingConfig;
  readonly data: TrainingData;
  readonly parameters: ParameterSet;
  readonly state: TrainingState;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/**
 * Writes a model folder as Hugging Face lays it out, weights stored in float16 (computed in float32), and beside
 * it the benchmark records and the facts.
 *
 * @param directory of the package: `model/` and `records/` are written in it, each file whole or not at all.
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
  write('model/onnx/model.onnx', encodeModel(graph));
  write('model/config.json', json(huggingFaceConfig(model, encoder.endOfText)));
  write(
    'model/generation_config.json',
    json({ eos_token_id: encoder.endOfText, pad_token_id: encoder.endOfText, do_sample: false }),
  );
  for (const [name, content] of Object.entries(tokenizerFiles)) write(`model/${name}`, content);
  const { step, tokens, seconds, loss } = state;
  write(
    'model/training.json',
    json({ config, data: data.fingerprint, step, tokens, seconds: Math.round(seconds), loss }),
  );
  for (const split of ['dev', 'test'] as const) write(`records/${split}.json`, json(dataset.records[split]));
  write(
    'records/facts.tsv',
    [
      'relation\tsubject\tobject\tkept out',
      ...dataset.facts.map(({ relation, subject, object }) =>
        [relation, subject, object, dataset.keptOut.has(subject) ? 'yes' : 'no'].join('\t'),
      ),
      '',
    ].join('\n'),
  );
}
