import { SakeError } from '@sakejs/spec';
import { ExitCode, reportError, runCommand, type Streams } from '@sakejs/terminal';
import { Command, CommanderError } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { ablationNames } from './ablations/ablations.js';
import { runAblations } from './ablations/run-ablation.js';
import { suiteNames } from './bench-suites.js';
import { runCompare } from './compare/run-compare.js';
import { runCurves } from './curves/run-curves.js';
import { printSources } from './datasets/print-sources.js';
import { runCheck } from './datasets/run-check.js';
import { gateNames } from './gates/gate-methods.js';
import { runGates } from './gates/run-gates.js';
import { knownMethods } from './method-entries.js';
import { withGraphFlags, withModelFlags } from './model-flags.js';
import { benchConfigJsonSchema } from './run/bench-config.js';
import { runSuites } from './run-suite.js';
import { reproducedMethods, tableNames } from './reproduce/reproduced-tables.js';
import { runReproduce } from './reproduce/run-reproduce.js';
import { runScaling } from './scaling/run-scaling.js';
import { sweptMethods } from './tune/sweeps/sweeps.js';
import { ALL, runTune } from './tune/run-tune.js';
import { runMemory } from './memory/run-memory.js';
import { runStats } from './stats/run-stats.js';
import { runTable, tableFormats } from './tables/run-table.js';
import { runPlot } from './report/run-plot.js';
import { runReport } from './report/run-report.js';
import { runTrace } from './trace/run-trace.js';

export interface Program {
  /** Runs the arguments that follow the command's name; gives the exit status. */
  run(argv: readonly string[]): Promise<ExitCode>;
}

const number = (value: string): number => (value.trim() === '' ? Number.NaN : Number(value));

/** Adds the flags of `runFlags`, with the split and the help of `--count` that a command has. */
function withRunFlags(command: Command, split: string, counted: string): Command {
  return withRecordFlags(command, split, counted)
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--workers <n>', 'processes that share the work', number, 1);
}

/** The same without how many threads and processes there are. */
function withRecordFlags(command: Command, split: string, counted: string): Command {
  return command
    .option('--records <file>', "records of CounterFact's form; default: the embedded model's own")
    .option('--popular-records <file>', "records in RippleEdits' schema; default: the embedded model's own")
    .option('--split <name>', 'which of the embedded records: dev or test', split)
    .option('--covered', 'only records of facts that the embedded model was taught')
    .option('--count <n>', counted, number, 50)
    .option('--seed <n>', 'seed of everything drawn', number, 0)
    .option('--journal <folder>', 'keep finished work there; the same command goes on where it was stopped')
    .option('--repair', 'go on with a damaged journal: what was lost is worked again');
}

/** The `sake-bench` command. */
export function createBenchProgram(streams: Streams = process): Program {
  let exit: ExitCode = ExitCode.ok;
  /** The action of a command that takes options alone, `--json` among them. */
  const acting =
    (run: (options: unknown, streams: Streams, signal: AbortSignal) => Promise<void>) =>
    async (options: { readonly json?: unknown }): Promise<void> => {
      exit = await runCommand((signal, watched) => run(options, watched, signal), {
        json: options.json === '-',
        streams,
      });
    };
  const program = new Command('sake-bench')
    .description('Benchmark knowledge editing on a language model.')
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: () => undefined,
    });
  withRunFlags(
    withModelFlags(program.command('run').description('Run suites with some methods and print their tables.'))
      .option('--suite <names>', `comma-separated: ${suiteNames.join(', ')}`, 'counterfact')
      .option(
        '--methods <names>',
        `comma-separated: ${knownMethods.join(', ')}, or modules such as ./my-method.mjs`,
        'none,sake,sake-paper,uniform',
      )
      .option('--mapper <name>', "a mapper in place of the methods' own: a built-in name, or ./my-mapper.mjs")
      .option('--counterfactual <model>', "what answers in scope of serac's edits; default: the edited model")
      .option(
        '--classifier-edits <n>',
        'train one scope classifier for all of serac, on so many other edits; default: one an edit',
        number,
      )
      .option(
        '--protocol <names>',
        'paper (each edit alone), strict (all edits live), or both, comma-separated: edits are learned once',
        'paper',
      )
      .option('--limit <n>', 'the first N records in file order', number),
    'test',
    'prompts an edit',
  )
    .option('--prompts <source>', 'template, or a file of prompts (JSON, JSONL, CSV, TXT)', 'template')
    .option(
      '--config <file>',
      'a grid of runs in JSON, in place of the other flags (schema: sake-bench schema)',
    )
    .option('--queries', 'put every query with its outcomes into the JSON')
    .option('--tradeoff', "judge each query with the own gate open as well, for the report's threshold sweep")
    .option('--activations <file>', "write a picture of the first edit's activations, which report takes")
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .action(async (options: { readonly json?: unknown }, command: Command) => {
      const given = new Set(
        Object.keys(options).filter((name) => command.getOptionValueSource(name) === 'cli'),
      );
      exit = await runCommand((signal, watched) => runSuites(options, given, watched, signal), {
        json: options.json === '-',
        streams,
      });
    });
  withRecordFlags(
    withModelFlags(
      program.command('reproduce').description("Run the paper's tables: all of them, or those named."),
    )
      .option('--table <names>', `comma-separated: ${tableNames.join(', ')}`, 'all')
      .option('--methods <names>', 'comma-separated names or modules, as of run', reproducedMethods.join(','))
      .option(
        '--protocol <names>',
        'paper (each edit alone), strict (all edits live), or both',
        'paper,strict',
      )
      .option('--limit <n>', 'edits of each table; 150 at most for doubts', number, 200)
      .option('--ablation-limit <n>', 'edits of the ablations', number, 50),
    'test',
    'prompts an edit',
  )
    .option('--threads <n>', 'threads of the model (default: 1 for the embedded model, else 2)', number)
    .option(
      '--workers <n>',
      'processes that share the work (default: a core each for the embedded model, else 1)',
      number,
    )
    .option('--prompts <source>', 'template, or a file of hand-written prompts', 'template')
    .option('--queries', 'put every query with its outcomes into the JSON')
    .option('--out <folder>', 'where tables and results are written', 'results')
    .action(async (options: unknown) => {
      exit = await runCommand((signal) => runReproduce(options, streams, signal), { streams });
    });
  withRunFlags(
    withModelFlags(
      program
        .command('ablate')
        .description('Run ablations: variants of the method that differ in one thing.'),
    )
      .argument('<names...>', ablationNames.join(', '))
      .option('--suite <names>', `comma-separated: ${suiteNames.join(', ')}`, 'counterfact')
      .option(
        '--protocol <names>',
        'paper (each edit alone), strict (all edits live), or both',
        'paper,strict',
      )
      .option('--limit <n>', 'the first N records in file order', number),
    'dev',
    'prompts an edit, but for the ablation of their number',
  )
    .option('--sizes <ns>', 'numbers of prompts of the ablation count', '10,25,50,100')
    .option(
      '--sources <names>',
      "template and files: those that source compares, the others' first; default: template, for source with the repository's hand-written prompts",
    )
    .option('--json <file>', 'write the results as JSON; - prints them to standard output, without tables')
    .action(async (names: string[], options: { readonly json?: unknown }) => {
      exit = await runCommand((signal, watched) => runAblations(names, options, watched, signal), {
        json: options.json === '-',
        streams,
      });
    });
  withRunFlags(
    withModelFlags(
      program.command('tune').description('Try settings of methods, each method as many, and rank them.'),
    )
      .option('--methods <names>', `${ALL}, or comma-separated: ${sweptMethods.join(', ')}`, ALL)
      .option('--budget <n>', 'settings a method; of a larger grid they are drawn by --seed', number, 9)
      .option('--protocol <name>', 'paper (each edit alone) or strict (all edits live)', 'strict')
      .option('--limit <n>', 'the first N records in file order', number, 40),
    'dev',
    'prompts an edit',
  )
    .option('--json <file>', 'write the results as JSON; - prints them to standard output, without tables')
    .action(acting(runTune));
  withRunFlags(
    withModelFlags(
      program.command('scaling').description("CounterFact's metrics with more and more edits live."),
    )
      .option(
        '--methods <names>',
        'comma-separated names or modules, as of run',
        'none,sake,sake-paper,uniform',
      )
      .option('--live <ns>', 'comma-separated numbers of live edits', '1,10,100,1000')
      .option('--limit <n>', 'the records that are asked: the first N', number, 100),
    'test',
    'prompts an edit',
  )
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .action(acting(runScaling));
  program
    .command('schema')
    .description('The JSON Schema of the file that run --config takes.')
    .action(() => {
      streams.stdout.write(`${JSON.stringify(benchConfigJsonSchema(), null, 2)}\n`);
    });
  withModelFlags(
    program
      .command('gates')
      .description('How often each gate lets in what it should and what it should not.'),
  )
    .option('--gates <names>', `comma-separated: ${gateNames.join(', ')}`, gateNames.join(','))
    .option('--limit <n>', 'the first N records in file order', number)
    .option('--records <file>', "records in CounterFact's original schema; default: the embedded model's own")
    .option('--split <name>', 'which of the embedded records: dev or test', 'dev')
    .option('--covered', 'only records of facts that the embedded model was taught')
    .option('--count <n>', 'prompts an edit', number, 50)
    .option('--seed <n>', 'seed of everything drawn', number, 0)
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .action(acting(runGates));
  withModelFlags(
    program
      .command('curves')
      .description('Accuracy and generality against the number of prompts, for each source of prompts.'),
  )
    .option(
      '--sources <names>',
      'comma-separated: template, and files of prompts (JSON, JSONL, CSV, TXT)',
      'template',
    )
    .option('--sizes <ns>', 'comma-separated numbers of prompts, each a subset of the next', '10,25,50,100')
    .option(
      '--methods <names>',
      'comma-separated: sake, sake-paper, sake-paper-implications, uniform, uniform-paper, actadd, icl, imagine',
      'sake',
    )
    .option('--limit <n>', 'the first N records that every source serves', number)
    .option('--records <file>', "records in CounterFact's original schema; default: the embedded model's own")
    .option('--split <name>', 'which of the embedded records: dev or test', 'dev')
    .option('--covered', 'only records of facts that the embedded model was taught')
    .option('--seed <n>', 'seed of everything drawn', number, 0)
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .action(acting(runCurves));
  withModelFlags(
    program.command('memory').description('Memory that a run with many live edits takes above the model.'),
  )
    .option('--edits <n>', 'edits that are live', number, 2000)
    .option('--learned <n>', 'edits that are learned; the others are copies of them', number, 4)
    .option('--asked <n>', 'cases that are asked something', number, 10)
    .option('--records <file>', "records of CounterFact's form; default: the embedded model's own")
    .option('--split <name>', 'which of the embedded records: dev or test', 'dev')
    .option('--count <n>', 'prompts an edit', number, 50)
    .option('--seed <n>', 'seed of everything drawn', number, 0)
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .action(acting(runMemory));
  withGraphFlags(
    program
      .command('stats')
      .description("Second moments of a model's MLP keys, which rome and memit weigh their changes with."),
  )
    .argument('[model]', 'embedded, the folder of an ONNX model, or a hub id', 'embedded')
    .option('--layers <ns>', 'comma-separated blocks, 0 the first; default: those that rome and memit edit')
    .option(
      '--corpus <file>',
      "a text a line, or JSON lines (.jsonl) of strings or objects with text; default: the project's own text",
    )
    .option('--tokens <n>', 'read as many; default: 40 for each dimension of a key', number)
    .option(
      '--out <folder>',
      'where they are kept; default: $SAKEJS_CACHE or ~/.cache/sakejs, key-moments in it, where run looks for them',
    )
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .action(async (model: string, options: { readonly json?: unknown }) => {
      exit = await runCommand((signal) => runStats(model, options, streams, signal), {
        json: options.json === '-',
        streams,
      });
    });
  withModelFlags(
    program
      .command('trace')
      .description('Causal tracing: where in the model the states lie that make it say what it knows.'),
  )
    .option('--records <file>', "records of CounterFact's form; default: the embedded model's own")
    .option('--split <name>', 'which of the embedded records: dev or test', 'dev')
    .option('--covered', 'only records of facts that the embedded model was taught')
    .option('--limit <n>', 'the first N records in file order', number)
    .option('--samples <n>', 'draws of the noise a fact', number, 10)
    .option(
      '--noise <x>',
      "standard deviation of the noise, in standard deviations of the subjects' embeddings",
      number,
      3,
    )
    .option(
      '--window <n>',
      'blocks whose MLP or attention outputs are put back at once; default: 10 of 48, at least 1',
      number,
    )
    .option('--kinds <names>', 'comma-separated: stream, mlp, attention', 'stream,mlp,attention')
    .option('--seed <n>', 'seed of the noise and of what is resampled', number, 0)
    .option('--threads <n>', 'threads of the model', number, 2)
    .option('--json <file>', 'write the result as JSON; - prints it to standard output, without the table')
    .option('--html <file>', 'write heat maps as one HTML file, which opens offline')
    .option('--facts <n>', 'single facts in the HTML file', number, 12)
    .action(acting(runTrace));
  const datasets = program
    .command('datasets')
    .description('Where the benchmarks are to be had, and what a file of records holds.')
    .action(async () => {
      exit = await runCommand(async () => printSources(streams), { streams });
    });
  datasets
    .command('check')
    .description("Check a file of CounterFact (original schema or EasyEdit's flat form) or RippleEdits.")
    .argument('<file>', 'a JSON array of records, or one record a line')
    .option('--json', 'print nothing but JSON')
    .action(async (file: string, options: { readonly json?: boolean }) => {
      exit = await runCommand((signal) => runCheck(file, options, streams, signal), {
        json: options.json === true,
        streams,
      });
    });
  program
    .command('compare')
    .description('What results B change against A: paired differences, tests and a verdict per metric.')
    .argument('<a>', 'a file that run --json wrote, with its queries')
    .argument('<b>', 'another on the same records')
    .option('--method-a <name>', "row of A; default: --method-b's, or every method in both")
    .option('--method-b <name>', "row of B; default: --method-a's, or every method in both")
    .option('--unpaired', 'compare means by their own intervals where results hold no queries')
    .option('--mid-p', "McNemar's mid-p instead of the exact p")
    .option('--seed <n>', 'seed of what is resampled', number, 0)
    .option(
      '--json <file>',
      'write the comparison as JSON; - prints it to standard output, without the table',
    )
    .action(async (a: string, b: string, options: { readonly json?: unknown }) => {
      exit = await runCommand(() => runCompare([a, b], options, streams), {
        json: options.json === '-',
        streams,
      });
    });
  program
    .command('table')
    .description('Print a file of results as tables, beside published numbers.')
    .argument('<result>', 'a file that run --json wrote')
    .option('--format <name>', tableFormats.join(', '), 'text')
    .option('--metrics <names>', 'comma-separated columns; default: all of them')
    .option('--no-published', 'leave published numbers out')
    .option(
      '--out <folder>',
      "of reproduce's results.json: write its tables, in Markdown and LaTeX, as it does",
    )
    .action(async (file: string, options: unknown) => {
      exit = await runCommand(() => runTable(file, options, streams), { json: false, streams });
    });
  program
    .command('report')
    .description(
      'Make one HTML file of results: tables, plots and a viewer of every query. It opens offline.',
    )
    .argument('<results...>', 'files that run wrote with --json')
    .option('--ablation <files...>', 'files that ablate or scaling wrote')
    .option('--activations <files...>', 'files that run --activations wrote')
    .option('--published <files...>', 'files that hold published tables, to stand beneath ours')
    .requiredOption('--out <file>', 'the HTML file to write')
    .option('--title <text>', 'the heading', 'SAKE benchmark')
    .action(async (results: readonly string[], options: object) => {
      exit = await runCommand(() => runReport({ ...options, results }, streams), { streams });
    });
  program
    .command('plot')
    .description('Draw what ablate or scaling wrote as an SVG file: a panel a metric, a line a method.')
    .argument('<files...>', 'files that ablate or scaling wrote with --json')
    .requiredOption('--out <file>', 'the SVG file to write')
    .action(async (files: readonly string[], options: object) => {
      exit = await runCommand(() => runPlot({ ...options, files }, streams), { streams });
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
