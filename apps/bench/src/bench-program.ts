import { SakeError } from '@sakejs/spec';
import { ExitCode, reportError, runCommand, type Streams } from '@sakejs/terminal';
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { runCurves } from './curves/run-curves.js';
import { gateNames } from './gates/gate-methods.js';
import { runGates } from './gates/run-gates.js';
import { runReport } from './report/run-report.js';
import { runSuite } from './run-suite.js';

export interface Program {
  /** Runs the arguments that follow the command's name; gives the exit status. */
  run(argv: readonly string[]): Promise<ExitCode>;
}

const number = (value: string): number => (value.trim() === '' ? Number.NaN : Number(value));

/** The `sake-bench` command. */
export function createBenchProgram(streams: Streams = process): Program {
  let exit: ExitCode = ExitCode.ok;
  const program = new Command('sake-bench')
    .description('Benchmark knowledge editing on a language model.')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: () => undefined,
    });
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
    .option(
      '--protocol <names>',
      'paper (each edit alone), strict (all edits live), or both, comma-separated: edits are learned once',
      'paper',
    )
    .option('--limit <n>', 'the first N records in file order', number)
    .option('--records <file>', "records in CounterFact's original schema; default: the embedded model's own")
    .option('--split <name>', 'which of the embedded records: dev or test', 'test')
    .option('--covered', 'only records of facts that the embedded model was taught')
    .option('--count <n>', 'prompts an edit', number, 50)
    .option('--prompts <source>', 'template, or a file of hand-written prompts', 'template')
    .option('--seed <n>', 'seed of everything drawn', number, 0)
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .action(async (options: { readonly json?: unknown }) => {
      exit = await runCommand((signal) => runSuite(options, streams, signal), {
        json: options.json === '-',
        streams,
      });
    });
  program
    .command('gates')
    .description('How often each gate lets in what it should and what it should not.')
    .option('--model <name>', 'embedded, or the folder of an ONNX model', 'embedded')
    .option('--gates <names>', `comma-separated: ${gateNames.join(', ')}`, gateNames.join(','))
    .option('--limit <n>', 'the first N records in file order', number)
    .option('--records <file>', "records in CounterFact's original schema; default: the embedded model's own")
    .option('--split <name>', 'which of the embedded records: dev or test', 'dev')
    .option('--covered', 'only records of facts that the embedded model was taught')
    .option('--count <n>', 'prompts an edit', number, 50)
    .option('--seed <n>', 'seed of everything drawn', number, 0)
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .action(async (options: { readonly json?: unknown }) => {
      exit = await runCommand((signal) => runGates(options, streams, signal), {
        json: options.json === '-',
        streams,
      });
    });
  program
    .command('curves')
    .description('Accuracy and generality against the number of prompts, for each source of prompts.')
    .option('--model <name>', 'embedded, or the folder of an ONNX model', 'embedded')
    .option('--sources <names>', 'comma-separated: template, and files of hand-written prompts', 'template')
    .option('--sizes <ns>', 'comma-separated numbers of prompts, each a subset of the next', '10,25,50,100')
    .option('--methods <names>', 'comma-separated: sake, sake-paper, uniform, uniform-paper', 'sake')
    .option('--limit <n>', 'the first N records that every source serves', number)
    .option('--records <file>', "records in CounterFact's original schema; default: the embedded model's own")
    .option('--split <name>', 'which of the embedded records: dev or test', 'dev')
    .option('--covered', 'only records of facts that the embedded model was taught')
    .option('--seed <n>', 'seed of everything drawn', number, 0)
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .action(async (options: { readonly json?: unknown }) => {
      exit = await runCommand((signal) => runCurves(options, streams, signal), {
        json: options.json === '-',
        streams,
      });
    });
  program
    .command('report')
    .description(
      'Make one HTML file of results: tables, plots and a viewer of every query. It opens offline.',
    )
    .argument('<results...>', 'files that run wrote with --json')
    .option('--ablation <files...>', 'files that hold ablations')
    .option('--activations <files...>', 'files that hold pictures of activations')
    .option('--published <files...>', 'files that hold published tables, to stand beneath ours')
    .requiredOption('--out <file>', 'the HTML file to write')
    .option('--title <text>', 'the heading', 'SAKE benchmark')
    .action(async (results: readonly string[], options: object) => {
      exit = await runCommand(() => runReport({ ...options, results }, streams), { streams });
    });
  return {
    async run(argv) {
      try {
        await program.parseAsync([...argv], { from: 'user' });
        return exit;
      } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        if (error.exitCode === 0) return ExitCode.ok;
        if (error.code === 'commander.help') return ExitCode.usage;
        return reportError(
          new SakeError(
            'invalid-option',
            `sake-bench: ${error.message.replace(/^error: /, '')}; see sake-bench --help`,
          ),
          { json: argv.includes('--json=-') || argv[argv.indexOf('--json') + 1] === '-', streams },
        );
      }
    },
  };
}
