import { fileURLToPath } from 'node:url';
import { ExitCode, runCommand } from '@sakejs/terminal';
import { Command, CommanderError } from 'commander';
import { evaluateCommand } from './commands/evaluate-command.js';
import { exportCommand } from './commands/export-command.js';
import { recordsCommand } from './commands/records-command.js';
import { trainCommand } from './commands/train-command.js';

const project = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const whole = (value: string): number => (/^\d+$/.test(value) ? Number(value) : Number.NaN);

/** The commands that train and evaluate the embedded model. */
export function createTrainerProgram(): { run(argv: readonly string[]): Promise<ExitCode> } {
  let exit: ExitCode = ExitCode.ok;
  const program = new Command('train-embedded-model')
    .description('Train, evaluate and export the embedded model.')
    .exitOverride()
    .showHelpAfterError();
  const config = ['--config <file>', 'training configuration', project('configs/embedded.json')] as const;
  const out = ['--out <dir>', 'package folder to write', project('../../packages/embedded-model')] as const;
  program
    .command('train')
    .description('Train stage after stage (or go on with what is there), export and evaluate.')
    .option(...config)
    .option(...out)
    .option('--run <dir>', 'folder of the checkpoint; default runs/<name of the configuration>')
    .option('--until-stage <n>', 'stop after this stage, with its model exported', whole)
    .option('--until-step <n>', 'stop at this step of the running stage; only its last one exports', whole)
    .option('--no-evaluate', 'stop after the export of the last stage')
    .option('--restart', 'begin at stage 1, whatever model --out holds')
    .option('--checkpoint-seconds <n>', 'seconds between checkpoints; 0 after every step', whole, 120)
    .option('--threads <n>', 'threads of the runtime', whole, 2)
    .option('--log <file>', 'append a JSON line every 100 steps')
    .action(async (options: unknown) => {
      exit = await runCommand((signal) => trainCommand(options, signal));
    });
  program
    .command('export')
    .description('Export the checkpoint as it stands.')
    .option(...config)
    .option(...out)
    .option('--run <dir>', 'folder of the checkpoint; default runs/<name of the configuration>')
    .action(async (options: unknown) => {
      exit = await runCommand(() => exportCommand(options));
    });
  program
    .command('records')
    .description(
      'Count the benchmark records of a configuration, or write Popular records that it does not hold.',
    )
    .option(...config)
    .option('--unseen <file>', 'write Popular records of another seed, of edits that no record has')
    .option('--seed <n>', 'that seed', whole)
    .action(async (options: unknown) => {
      exit = await runCommand(() => Promise.resolve(recordsCommand(options)));
    });
  program
    .command('evaluate')
    .description('Measure a model folder on the facts it was trained on.')
    .option(...out)
    .option('--threads <n>', 'threads of the runtime', whole, 2)
    .option('--json <file>', 'write the figures as JSON; - is standard output')
    .option('--counterfact <file>', "ask the prompts of a file in CounterFact's original schema too")
    .option(
      '--sample <n>',
      'ask so many (fact, phrasing) pairs only, drawn by chance, and at most so many of each context',
      whole,
    )
    .action(async (options: unknown) => {
      exit = await runCommand((signal) => evaluateCommand(options, signal), {
        json: (options as { json?: string }).json === '-',
      });
    });
  return {
    async run(argv) {
      try {
        await program.parseAsync([...argv], { from: 'user' });
        return exit;
      } catch (error) {
        if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
        throw error;
      }
    },
  };
}
