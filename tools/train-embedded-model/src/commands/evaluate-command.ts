import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadCausalLM } from '@sakejs/activations';
import { SakeError, throwIfAborted } from '@sakejs/spec';
import { checkWritable, createProgress, formatTable, writeFileAtomic } from '@sakejs/terminal';
import { z } from 'zod';
import { planDataset } from '../corpus/plan-dataset.js';
import { evaluateModel, type ModelFigures } from '../evaluate/evaluate-model.js';
import { trainingConfigSchema } from '../training/training-config.js';
import { parseOptions } from './parse-options.js';

const schema = z.strictObject({
  out: z.string(),
  threads: z.int().min(1),
  json: z.string().optional(),
});

const trainingFile = z.looseObject({ config: trainingConfigSchema, seconds: z.number(), tokens: z.number() });

/** @throws {SakeError} `not-found`, or `invalid-file` naming what is wrong. */
function readTraining(file: string): z.infer<typeof trainingFile> {
  if (!existsSync(file))
    throw new SakeError('not-found', `evaluate: expected ${file}, got no such file; train a model first`);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new SakeError('invalid-file', `evaluate: expected JSON in ${file}, got other text`, { cause });
  }
  const parsed = trainingFile.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SakeError('invalid-file', `evaluate: ${file}: ${z.prettifyError(parsed.error)}`);
}

const percent = (share: number | null): string =>
  share === null ? 'n = 0' : `${(100 * share).toFixed(2)} %`;

function figuresTable(figures: ModelFigures): string {
  return formatTable(
    ['figure', 'value', 'n'],
    [
      ['facts', String(figures.facts), ''],
      ['relations', String(figures.relations), ''],
      ['first token right', percent(figures.firstToken), String(figures.pairs)],
      ['whole object right', percent(figures.wholeObject), String(figures.pairs)],
      ['  statements, first token', percent(figures.byForm.statements), ''],
      ['  questions, first token', percent(figures.byForm.questions), ''],
      ['  withheld phrasings, first token', percent(figures.byForm.withheld), ''],
      [
        'steering obeyed, kept-out subjects',
        percent(figures.steering.keptOutSubjects),
        String(figures.steering.keptOutPairs),
      ],
      [
        'steering obeyed, other subjects',
        percent(figures.steering.otherSubjects),
        String(figures.steering.otherPairs),
      ],
      ['forced source', percent(figures.contexts.forcedSource), String(figures.steering.otherPairs)],
      ['first token under 3 characters', percent(figures.tokens.shortFirstToken), ''],
      ['objects sharing a first token', percent(figures.tokens.firstTokenCollisions), ''],
    ],
  );
}

/** Loads the model of a package folder, measures it and prints the figures. */
export async function evaluateCommand(raw: unknown, signal: AbortSignal): Promise<void> {
  const { out, threads, json } = parseOptions(schema, raw, 'evaluate');
  if (json !== undefined && json !== '-') checkWritable(json);
  const folder = join(out, 'model');
  const { config, seconds, tokens } = readTraining(join(folder, 'training.json'));
  const dataset = planDataset({ seed: config.seed, ...config.data });
  const started = performance.now();
  await using lm = await loadCausalLM(folder, { threads, id: 'embedded' });
  const loadSeconds = (performance.now() - started) / 1000;
  const progress = createProgress('evaluate');
  const figures = await evaluateModel(lm, dataset, {
    onProgress: (stage, done, total) => {
      throwIfAborted(signal, 'evaluate');
      progress.update(done, total, stage);
    },
  }).finally(() => progress.end());
  const result = {
    ...figures,
    sizeBytes: statSync(join(folder, 'onnx', 'model.onnx')).size,
    loadSeconds,
    training: { seconds, tokens },
    model: lm.info,
  };
  if (json === '-') process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  else {
    process.stdout.write(`${figuresTable(figures)}\n`);
    if (json !== undefined) writeFileAtomic(json, `${JSON.stringify(result, null, 2)}\n`);
  }
}
