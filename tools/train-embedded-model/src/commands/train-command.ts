import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { decoderWeights } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import { checkWritable, createProgress } from '@sakejs/terminal';
import { z } from 'zod';
import { prepareTrainingData, type TrainingData } from '../corpus/training-data.js';
import { exportModel } from '../export/export-model.js';
import { readTrainingRecord } from '../export/training-record.js';
import { loadCheckpoint, type TrainingState } from '../training/checkpoint.js';
import { fingerprintOf } from '../training/fingerprint.js';
import { modelConfig } from '../training/model-config.js';
import { createParameterSet } from '../training/parameters.js';
import { stageStart } from '../training/stage-start.js';
import { train, type StageStart, type TrainedModel } from '../training/train.js';
import { loadTrainingConfig, type TrainingConfig } from '../training/training-config.js';
import { evaluateCommand } from './evaluate-command.js';
import { parseOptions } from './parse-options.js';
import { planRun, type RunPlan } from './plan-run.js';

const schema = z.strictObject({
  config: z.string(),
  out: z.string(),
  run: z.string().optional(),
  untilStage: z.int().min(1).optional(),
  untilStep: z.int().min(1).optional(),
  restart: z.boolean().optional(),
  evaluate: z.boolean(),
  checkpointSeconds: z.int().min(0),
  threads: z.int().min(1),
  log: z.string().optional(),
});

const LOG_EVERY = 100;

interface Run {
  readonly options: z.infer<typeof schema>;
  readonly config: TrainingConfig;
  readonly data: TrainingData;
  /** Of the checkpoint. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** `train`: goes on where checkpoint and model stand, exports at the end of each stage and evaluates after the last. */
export async function trainCommand(raw: unknown, signal: AbortSignal): Promise<void> {
  const options = parseOptions(schema, raw, 'train');
  const config = loadTrainingConfig(options.config);
  const last = options.untilStage ?? config.stages.length;
  if (last > config.stages.length)
    throw new SakeError(
      'invalid-option',
      `train: expected --until-stage at most ${config.stages.length}, got ${last}`,
    );
  if (options.log !== undefined) checkWritable(options.log);
  const data = prepareTrainingData(config);
  const run = { options, config, data, directory: options.run ?? join('runs', config.name), signal };
  const folder = join(options.out, 'model');
  const plan = planRun({
    config,
    data: data.fingerprint,
    checkpoint: checkpointState(run),
    folder,
    restart: options.restart ?? false,
  });
  if (plan.kind === 'done' || plan.stage > last) {
    process.stdout.write(`${trainedAlready(run, folder)}\n`);
    return;
  }
  for (let stage = plan.stage; stage <= last; stage++) {
    const begins = plan.kind === 'begin' || stage > plan.stage;
    const { state, parameters } = await trainStage(run, begins ? begin(run, folder, plan, stage) : undefined);
    const { steps } = config.stages[stage - 1]!;
    process.stdout.write(
      `stage ${stage} of ${config.stages.length}: trained ${state.step} of ${steps} steps, ${state.tokens} tokens in ${Math.round(state.seconds)} s, loss ${state.loss.toFixed(4)}\n`,
    );
    if (state.step < steps) return;
    exportModel(options.out, { config, data, parameters, state });
    process.stdout.write(`exported to ${options.out}\n`);
    if (options.untilStep !== undefined && stage < config.stages.length) return;
  }
  if (options.evaluate && last === config.stages.length)
    await evaluateCommand({ out: options.out, threads: options.threads }, signal);
}

function checkpointState({ config, data, directory }: Run): TrainingState | undefined {
  const { flat } = createParameterSet(decoderWeights(modelConfig(config)));
  const fingerprint = (stage: number): string => fingerprintOf(config, data.fingerprint, stage);
  return loadCheckpoint(directory, fingerprint, flat.length)?.state;
}

function begin({ config, data }: Run, folder: string, { setAside }: RunPlan, stage: number): StageStart {
  return { ...stageStart({ config, data, stage, folder }), ...(setAside === undefined ? {} : { setAside }) };
}

function trainedAlready({ options, config }: Run, folder: string): string {
  const model = readTrainingRecord(folder);
  const cost = model ? `, ${model.tokens} tokens in ${Math.round(model.seconds)} s` : '';
  const stage = model ? `stage ${model.stage} of ${config.stages.length}` : 'no model';
  return `trained already: ${stage}${cost}, in ${options.out}; use --out for another folder or --restart to train from the beginning`;
}

async function trainStage(
  { options, config, data, directory, signal }: Run,
  start: StageStart | undefined,
): Promise<TrainedModel> {
  const { log, threads, checkpointSeconds, untilStep } = options;
  const progress = createProgress('train');
  return train({
    config,
    data,
    directory,
    threads,
    checkpointSeconds,
    ...(start === undefined ? {} : { start }),
    ...(untilStep === undefined ? {} : { untilStep }),
    signal,
    onStep: (step) => {
      const speed = `${(step.tokensPerSecond / 1000).toFixed(1)}k tokens/s`;
      const stage = config.stages.length === 1 ? '' : `stage ${step.stage}  `;
      progress.update(step.step, step.totalSteps, `${stage}loss ${step.loss.toFixed(3)}  ${speed}`);
      if (log !== undefined && step.step % LOG_EVERY === 0) {
        const { stage: at, step: done, loss, tokens, seconds, learningRate, gradientNorm } = step;
        const { tokensPerSecond, answersLeftOut } = step;
        appendFileSync(
          log,
          `${JSON.stringify({ stage: at, step: done, loss, tokens, seconds, learningRate, gradientNorm, tokensPerSecond, answersLeftOut })}\n`,
        );
      }
    },
  }).finally(() => progress.end());
}
