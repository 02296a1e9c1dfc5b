import type { Command } from 'commander';
import { ablationNames } from '../ablations/ablations.js';
import { runAblations } from '../ablations/run-ablation.js';
import { suiteNames } from '../bench-suites.js';
import { knownMethods } from '../method-entries.js';
import { withModelFlags } from '../model-flags.js';
import { reproducedMethods, tableNames } from '../reproduce/reproduced-tables.js';
import { runReproduce } from '../reproduce/run-reproduce.js';
import { benchConfigJsonSchema } from '../run/bench-config.js';
import { runSuites } from '../run-suite.js';
import { runScaling } from '../scaling/run-scaling.js';
import { ALL, runTune } from '../tune/run-tune.js';
import { sweptMethods } from '../tune/sweeps/sweeps.js';
import {
  number,
  type ProgramContext,
  settingFlag,
  withMomentsFlags,
  withRecordFlags,
  withRunFlags,
} from './program-context.js';

/** Commands that run suites with methods: `run`, `reproduce`, `ablate`, `tune`, `scaling`, and the `schema` of what `run` takes. */
export function addRunCommands({ program, streams, act, acting }: ProgramContext): void {
  withRunFlags(
    withMomentsFlags(
      withModelFlags(
        program.command('run').description('Run suites with some methods and print their tables.'),
      ),
    )
      .option('--suite <names>', `comma-separated: ${suiteNames.join(', ')}`, 'counterfact')
      .option(
        '--methods <names>',
        `comma-separated: ${knownMethods.join(', ')}, or modules such as ./my-method.mjs`,
        'none,sake,sake-paper,uniform',
      )
      .option('--mapper <name>', "a mapper in place of the methods' own: a built-in name, or ./my-mapper.mjs")
      .option(...settingFlag)
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
      await act((signal, watched) => runSuites(options, given, watched, signal), options.json === '-');
    });
  withRecordFlags(
    withMomentsFlags(
      withModelFlags(
        program.command('reproduce').description("Run the paper's tables: all of them, or those named."),
      ),
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
      await act((signal) => runReproduce(options, streams, signal));
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
      await act((signal, watched) => runAblations(names, options, watched, signal), options.json === '-');
    });
  withRunFlags(
    withMomentsFlags(
      withModelFlags(
        program.command('tune').description('Try settings of methods, each method as many, and rank them.'),
      ),
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
    withMomentsFlags(
      withModelFlags(
        program.command('scaling').description("CounterFact's metrics with more and more edits live."),
      ),
    )
      .option(
        '--methods <names>',
        'comma-separated names or modules, as of run',
        'none,sake,sake-paper,uniform',
      )
      .option(...settingFlag)
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
}
