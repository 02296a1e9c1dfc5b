import type { PromptGenerator } from '@sakejs/spec';
import { noPrompts } from './failures.js';
import { checkNames } from './method-entry.js';
import type { RunSuiteOptions } from './run-options.js';
import { startRun, workAlone, workTogether, type MethodRun } from './suite-run.js';
import type { SuiteResult } from './suite-result.js';
import { summariseSuite } from './summarise-suite.js';

/**
 * Runs a suite: learns each case's edit with each method, asks everything and judges it by the suite's metrics.
 *
 * A protocol whose edits live alone scores each case with its own edit; one with all edits live scores every case with all
 * of a method's edits. Test prompts are withheld from the prompt source, case by case. A case without prompts, or
 * whose edit cannot be learned, stays in every denominator, scored without an edit of its own, and is named in the
 * warnings; work that failed otherwise counts as failures and is listed under `errors`. Queries longer than the model's
 * positions are left out and counted.
 *
 * With `units` and `edits` on disk a run that was stopped goes on where it was, and gives the table of one that was not.
 *
 * @returns one result a protocol, in the order asked for.
 * @throws {SakeError} `not-enough-data` without cases, methods or protocols, or when no case has prompts;
 * `invalid-option` for a name or protocol given twice; `aborted`; what would befall every unit.
 */
export async function runSuite(options: RunSuiteOptions): Promise<SuiteResult[]> {
  const { suite, protocols, prompts, onProgress } = options;
  checkOptions(options);
  const run = startRun(options);
  const { learning, prepared, methods, total } = run;
  await workAlone(run);
  checkPrompts(methods, prompts);
  await workTogether(run);
  onProgress?.({ done: total, total, what: 'done' });
  return protocols.map((protocol, at) =>
    summariseSuite({
      suite,
      protocol,
      model: options.lm.info,
      seed: learning.seed,
      prompts: { source: prompts.kind, count: learning.count },
      withQueries: options.withQueries ?? false,
      tooLong: prepared.flatMap(({ tooLong }) => tooLong.map(({ metric }) => metric)),
      runs: methods.map(({ entry, learned, warnings, errors, scores }) => ({
        method: entry.name,
        edits: entry.method !== undefined,
        learned: learned.filter((unit) => unit !== undefined),
        warnings,
        errors: [...errors, ...scores[at]!.errors],
        queries: scores[at]!.queries,
        seconds: scores[at]!.seconds,
      })),
    }),
  );
}

/**
 * Works the units of a suite that need no other edit, learning and scoring alone, and keeps them in `units`.
 *
 * For sharing a suite's cases among processes: whoever runs the whole suite with the same units then finds them finished.
 *
 * @throws {SakeError} as {@link runSuite}, but for prompts that no case has.
 */
export async function workSuite(options: RunSuiteOptions): Promise<void> {
  if (options.suite.cases.length === 0) return;
  checkOptions(options);
  const run = startRun(options);
  await workAlone(run);
  options.onProgress?.({ done: run.prepared.length, total: run.prepared.length, what: 'done' });
}

function checkOptions({ suite, methods, protocols }: RunSuiteOptions): void {
  const names = (items: readonly { readonly name: string }[]): string[] => items.map(({ name }) => name);
  checkNames(
    suite.cases.slice(0, 1).map(({ id }) => id),
    'record',
  );
  checkNames(names(methods), 'method');
  checkNames(names(protocols), 'protocol');
}

/** @throws {SakeError} `not-enough-data` when the source has prompts for no case at all. */
function checkPrompts(runs: readonly MethodRun[], prompts: PromptGenerator): void {
  for (const { entry, learned } of runs) {
    const failures = learned.flatMap((unit) => (unit?.failure?.ofPrompts ? [unit.failure] : []));
    if (failures.length > 0 && failures.length === learned.length)
      throw noPrompts(failures, (entry.prompts ?? prompts).kind);
  }
}
