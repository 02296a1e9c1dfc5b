import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkWritable, createProgress } from '@sakejs/terminal';
import { z } from 'zod';
import { prepareTrainingData } from '../corpus/training-data.js';
import { exportModel } from '../export/export-model.js';
import { train } from '../training/train.js';
import { loadTrainingConfig } from '../training/training-config.js';
import { evaluateCommand } from './evaluate-command.js';
import { parseOptions } from './parse-options.js';

const schema = z.strictObject({
  config: z.string(),
  out: z.string(),
  run: z.string().optional(),
  untilStep: z.int().min(1).optional(),
  checkpointSeconds: z.int().min(0),
  threads: z.int().min(1),
  log: z.string().optional(),
});

const LOG_EVERY = 100;

/** `train`: trains or resumes, then exports and evaluates when the last step is done. */
export async function trainCommand(raw: unknown, signal: AbortSignal): Promise<void> {
  const options = parseOptions(schema, raw, 'train');
  const config = loadTrainingConfig(options.config);
  if (options.log !== undefined) checkWritable(options.log);
  const data = prepareTrainingData(config);
  const progress = createProgress('train');
  const { parameters, state } = await train({
    config,
    data,
    directory: options.run ?? join('runs', config.name),
    threads: options.threads,
    checkpointSeconds: options.checkpointSeconds,
    ...(options.untilStep === undefined ? {} : { untilStep: options.untilStep }),
    signal,
    onStep: (step) => {
      const speed = `${(step.tokensPerSecond / 1000).toFixed(1)}k tokens/s`;
      progress.update(step.step, step.totalSteps, `loss ${step.loss.toFixed(3)}  ${speed}`);
      if (options.log !== undefined && step.step % LOG_EVERY === 0) {
        const { step: at, loss, tokens, seconds, learningRate, gradientNorm, tokensPerSecond } = step;
        appendFileSync(
          options.log,
          `${JSON.stringify({ step: at, loss, tokens, seconds, learningRate, gradientNorm, tokensPerSecond })}\n`,
        );
      }
    },
  }).finally(() => progress.end());
  process.stdout.write(
    `trained ${state.step} of ${config.optimisation.steps} steps, ${state.tokens} tokens in ${Math.round(state.seconds)} s, loss ${state.loss.toFixed(4)}\n`,
  );
  if (state.step < config.optimisation.steps) return;
  exportModel(options.out, { config, data, parameters, state });
  process.stdout.write(`exported to ${options.out}\n`);
  await evaluateCommand({ out: options.out, threads: options.threads }, signal);
}
