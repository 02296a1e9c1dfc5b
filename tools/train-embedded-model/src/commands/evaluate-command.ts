import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadCausalLM } from '@sakejs/activations';
import { readCounterFact } from '@sakejs/evaluation';
import { SakeError, throwIfAborted } from '@sakejs/spec';
import { checkWritable, createProgress, writeFileAtomic } from '@sakejs/terminal';
import { z } from 'zod';
import { planDataset } from '../corpus/plan-dataset.js';
import type { OnProgress } from '../evaluate/ask.js';
import { defaultCounts } from '../evaluate/default-counts.js';
import { evaluateModel, type EvaluateOptions } from '../evaluate/evaluate-model.js';
import { figuresTable } from '../evaluate/figures-table.js';
import { readTrainingRecord, type TrainingRecord } from '../export/training-record.js';
import { parseOptions } from './parse-options.js';

const schema = z.strictObject({
  out: z.string(),
  threads: z.int().min(1),
  json: z.string().optional(),
  counterfact: z.string().optional(),
  sample: z.int().min(1).optional(),
});

/** @throws {SakeError} `not-found` without a trained model, else as {@link readTrainingRecord}. */
function requireTrainingRecord(folder: string): TrainingRecord {
  const record = readTrainingRecord(folder);
  if (record) return record;
  throw new SakeError(
    'not-found',
    `evaluate: expected ${join(folder, 'training.json')}, got no such file; train a model first`,
  );
}

/** Bytes of the model's graph with its external data. */
function graphBytes(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

/** A line of progress for each stage, so that its ETA is the stage's own. */
function stageProgress(): { readonly update: OnProgress; end(): void } {
  let line = createProgress('evaluate');
  let current = '';
  return {
    update(stage, done, total) {
      if (stage !== current) {
        line.end();
        line = createProgress('evaluate');
        current = stage;
      }
      line.update(done, total, stage);
    },
    end: () => line.end(),
  };
}

/** So many pairs, and no more than so many prompts of anything else. */
function samples(sample: number): Required<Pick<EvaluateOptions, 'sample' | keyof typeof defaultCounts>> {
  const { keptOutPairs, otherPairs, contextPrompts } = defaultCounts;
  return {
    sample,
    keptOutPairs: Math.min(sample, keptOutPairs),
    otherPairs: Math.min(sample, otherPairs),
    contextPrompts: Math.min(sample, contextPrompts),
  };
}

/** Loads the model of a package folder, measures it and prints the figures. */
export async function evaluateCommand(raw: unknown, signal: AbortSignal): Promise<void> {
  const { out, threads, json, counterfact: file, sample } = parseOptions(schema, raw, 'evaluate');
  if (json !== undefined && json !== '-') checkWritable(json);
  const folder = join(out, 'model');
  const { config, stage, step, seconds, tokens } = requireTrainingRecord(folder);
  const counterfact = file === undefined ? undefined : readCounterFact(file, { name: basename(file) });
  const dataset = planDataset({ seed: config.seed, ...config.data });
  const started = performance.now();
  await using lm = await loadCausalLM(folder, { threads, id: 'embedded' });
  const loadSeconds = (performance.now() - started) / 1000;
  const progress = stageProgress();
  const figures = await evaluateModel(lm, dataset, {
    ...(counterfact === undefined ? {} : { counterfact }),
    ...(sample === undefined ? {} : samples(sample)),
    onProgress: (stage, done, total) => {
      throwIfAborted(signal, 'evaluate');
      progress.update(stage, done, total);
    },
  }).finally(() => progress.end());
  const result = {
    ...figures,
    sizeBytes: graphBytes(join(folder, 'onnx')),
    loadSeconds,
    training: { stage, step, seconds, tokens },
    model: lm.info,
  };
  if (json === '-') process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else {
    process.stdout.write(`${figuresTable(figures)}\n`);
    if (json !== undefined) writeFileAtomic(json, `${JSON.stringify(result, null, 2)}\n`);
  }
}
