import { runCompare } from '../compare/run-compare.js';
import { printSources } from '../datasets/print-sources.js';
import { runCheck } from '../datasets/run-check.js';
import { runPlot } from '../report/run-plot.js';
import { runReport } from '../report/run-report.js';
import { runTable, tableFormats } from '../tables/run-table.js';
import { number, type ProgramContext } from './program-context.js';

/** Commands that read files: `datasets`, `compare`, `table`, `report`, `plot`. */
export function addFileCommands({ program, streams, act }: ProgramContext): void {
  const datasets = program
    .command('datasets')
    .description('Where the benchmarks are to be had, and what a file of records holds.')
    .action(async () => {
      await act(async () => printSources(streams));
    });
  datasets
    .command('check')
    .description("Check a file of CounterFact (original schema or EasyEdit's flat form) or RippleEdits.")
    .argument('<file>', 'a JSON array of records, or one record a line')
    .option('--json', 'print nothing but JSON')
    .action(async (file: string, options: { readonly json?: boolean }) => {
      await act((signal) => runCheck(file, options, streams, signal), options.json === true);
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
      await act(() => runCompare([a, b], options, streams), options.json === '-');
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
      await act(() => runTable(file, options, streams));
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
      await act(() => runReport({ ...options, results }, streams));
    });
  program
    .command('plot')
    .description('Draw what ablate or scaling wrote as an SVG file: a panel a metric, a line a method.')
    .argument('<files...>', 'files that ablate or scaling wrote with --json')
    .requiredOption('--out <file>', 'the SVG file to write')
    .action(async (files: readonly string[], options: object) => {
      await act(() => runPlot({ ...options, files }, streams));
    });
}
