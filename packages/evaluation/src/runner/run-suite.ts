import type { PromptGenerator } from '@sakejs/spec';
import { noPrompts } from './failures.js';
import { checkNames } from './method-entry.js';
import type { RunSuiteOptions } from './run-options.js';
import { learnOthers, startRun, workAlone, workTogether, type Chosen, type MethodRun } from './suite-run.js';
import type { SuiteResult } from './suite-result.js';
import { summariseSuite } from './summarise-suite.js';

/**
 * Runs a suite: learns each case's edit with each method, asks everything and judges it by the suite's metrics.
 *
 * A protocol whose edits live alone scores each case with its own edit; one with all edits live scores every case with all
 * of a method's edits, which a method that can learn many at once then learns as one batch. Test prompts are withheld from the prompt source, case by case. A case without prompts, or
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
  const { suite, protocols, prompts } = options;
  checkOptions(options);
  const run = startRun(options);
  const { learning, prepared, methods } = run;
  await workAlone(run);
  checkPrompts(methods, prompts);
  await workTogether(run);
  run.end();
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
        warnings: [...warnings, ...scores[at]!.warnings],
        errors: [...errors, ...scores[at]!.errors],
        queries: scores[at]!.queries,
        seconds: scores[at]!.seconds,
      })),
    }),
  );
}

/** A part of a suite's cases, and how it is known that the other parts' edits are learned. */
export interface SuiteShare {
  /** Every `of`-th case from the `index`-th on. */
  readonly index: number;
  readonly of: number;
  /** Settles once every edit of the suite is learned, or given up, by whoever has its case. */
  readonly everyoneLearned: () => Promise<void>;
}

/**
 * Works a share of a suite's units and keeps them in `units`: its cases' edits, each alone, and then its cases with all
 * edits live.
 *
 * For sharing a suite among processes: whoever runs the whole suite with the same `units` and `edits` then finds them
 * finished. Progress counts this share's steps against those of the whole suite.
 *
 * @throws {SakeError} as {@link runSuite}, but for prompts that no case has.
 */
export async function workSuite(options: RunSuiteOptions, share: SuiteShare): Promise<void> {
  checkOptions(options);
  const run = startRun(options);
  const chosen: Chosen = ({ index }) => index % share.of === share.index;
  await workAlone(run, chosen);
  await share.everyoneLearned();
  if (run.together.length === 0) return;
  await learnOthers(run, chosen);
  await workTogether(run, chosen);
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
