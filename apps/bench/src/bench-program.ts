import { ExitCode } from '@sakejs/terminal';
import { Command, CommanderError } from 'commander';
import { runCommandLine } from './run-suite.js';

export interface Program {
  /** Runs the arguments that follow the command's name; gives the exit status. */
  run(argv: readonly string[]): Promise<ExitCode>;
}

const whole = (value: string): number => (/^\d+$/.test(value) ? Number(value) : Number.NaN);

/** The `sake-bench` command. */
export function createBenchProgram(): Program {
  let exit: ExitCode = ExitCode.ok;
  const program = new Command('sake-bench')
    .description('Benchmark knowledge editing on a language model.')
    .exitOverride()
    .showHelpAfterError();
  program
    .command('run')
    .description('Run a suite with some methods and print its table.')
    .option('--suite <name>', 'counterfact', 'counterfact')
    .option('--model <name>', 'embedded, or the folder of an ONNX model', 'embedded')
    .option(
      '--methods <names>',
      'comma-separated: none, sake, sake-paper, uniform, uniform-paper',
      'none,sake,sake-paper,uniform',
    )
    .option('--protocol <name>', 'paper (each edit alone) or strict (all edits live)', 'paper')
    .option('--limit <n>', 'the first N records in file order', whole)
    .option(
      '--records <file>',
      "records in CounterFact's original schema; default: the model's own test records",
    )
    .option('--split <name>', 'which embedded records: dev or test', 'test')
    .option('--count <n>', 'prompts an edit', whole, 50)
    .option('--prompts <source>', 'template, or a file of hand-written prompts', 'template')
    .option('--seed <n>', 'seed of everything drawn', whole, 0)
    .option('--threads <n>', 'threads of the model', whole, 2)
    .option('--json <file>', 'write the result as JSON; - is standard output, without the table')
    .action(async (options: unknown) => {
      exit = await runCommandLine(options);
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
