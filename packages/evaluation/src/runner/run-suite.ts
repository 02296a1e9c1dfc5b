import { withActivationCache } from '@sakejs/editor';
import { throwIfAborted, type CausalLM, type Edit, type Json, type PromptGenerator } from '@sakejs/spec';
import type { Protocol } from '../protocols/protocol.js';
import { createWholeObjectScorer } from '../protocols/whole-object.js';
import type { Suite } from '../suites/suite.js';
import { isUnlearnable, noPrompts } from './failures.js';
import { caseLearner, type CaseLearner, type Learned, type LearnSettings } from './learning.js';
import { checkNames, type MethodEntry } from './method-entry.js';
import type { ScoredQuery } from './outcome.js';
import { plainAnswers } from './plain-answers.js';
import { prepareCases, suiteWarnings, type PreparedCase } from './prepared-suite.js';
import { scoreCase, type CaseScores, type LiveEdits, type ScoreSettings } from './scoring.js';
import type { SuiteResult, UnitError } from './suite-result.js';
import { summariseSuite } from './summarise-suite.js';
import { editsInMemory, noUnits, type EditStore, type UnitStore } from './unit-store.js';

export interface RunProgress {
  readonly done: number;
  readonly total: number;
  readonly what: string;
}

export interface RunSuiteOptions {
  readonly lm: CausalLM;
  readonly suite: Suite;
  /** Rows of the table, each with its own name. */
  readonly methods: readonly MethodEntry[];
  readonly prompts: PromptGenerator;
  /** Prompts an edit. Default 50. */
  readonly count?: number;
  /** At least one. Edits are learned once for all of them. */
  readonly protocols: readonly Protocol[];
  readonly seed?: number;
  /** Finished units of work: those it holds are not worked again. Default: none is kept. */
  readonly units?: UnitStore;
  /** Learned edits. Default: in memory. */
  readonly edits?: EditStore;
  /** What else results depend on, as versions of packages: part of every unit's key. */
  readonly identity?: Json;
  /** Whether each query is judged once more with the own edit's gate open, for threshold sweeps. Default false. */
  readonly alsoOpen?: boolean;
  /** Whether results hold every query with its outcomes. Default false. */
  readonly withQueries?: boolean;
  /** Bytes of captured activations kept in memory. Default 256 MiB. */
  readonly cacheBytes?: number;
  /** A folder in which captured activations outlast the run, and most bytes kept there. Default none. */
  readonly activations?: { readonly directory: string; readonly bytes?: number };
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

/** What one method has learned and been asked so far. */
interface MethodRun {
  readonly entry: MethodEntry;
  /** One a case; undefined for the unedited model. */
  readonly learned: (Learned | undefined)[];
  readonly learners: CaseLearner[];
  readonly warnings: string[];
  /** Errors of learning. */
  readonly errors: UnitError[];
  /** By protocol, in the order of the options. */
  readonly scores: readonly ProtocolScores[];
}

interface ProtocolScores {
  readonly queries: ScoredQuery[];
  readonly errors: UnitError[];
  seconds: number;
}

const WHERE = 'runSuite';

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
  const { suite, methods, prompts, protocols, signal, onProgress } = options;
  checkNames(suite.cases.slice(0, 1).map(({ id }) => id), 'record'); // prettier-ignore
  checkNames(methods.map(({ name }) => name), 'method'); // prettier-ignore
  checkNames(protocols.map(({ name }) => name), 'protocol'); // prettier-ignore
  const { learning, scoring } = settingsOf(options);
  const prepared = prepareCases(learning.lm, suite);
  const runs = methods.map((entry): MethodRun => ({
    entry,
    learned: [],
    learners: [],
    warnings: suiteWarnings(prepared, learning.lm.info),
    errors: [],
    scores: protocols.map(() => ({ queries: [], errors: [], seconds: 0 })),
  }));
  const together = protocols.filter(({ live }) => live === 'all');
  const total = prepared.length * (1 + together.length * methods.length);
  let done = 0;

  for (const item of prepared) {
    const learner = caseLearner(learning, item);
    const plain = plainAnswers(learning.lm);
    for (const run of runs) {
      throwIfAborted(signal, WHERE);
      onProgress?.({ done, total, what: item.case.request.subject });
      const learned = run.entry.method === undefined ? undefined : await learner.learn(run.entry);
      run.learners.push(learner);
      run.learned.push(learned);
      if (learned !== undefined) note(run, item, learned);
      for (const [at, protocol] of protocols.entries())
        if (protocol.live === 'own')
          keep(run.scores[at]!, item, await scoreCase(scoring, item, protocol, ownEdit(run, item.index), plain));
    }
    done++;
  }
  checkPrompts(runs, prompts);
  for (const run of runs) {
    const live = together.length > 0 ? allEdits(run) : undefined;
    for (const item of together.length > 0 ? prepared : []) {
      const plain = plainAnswers(learning.lm);
      for (const [at, protocol] of protocols.entries()) {
        if (protocol.live !== 'all') continue;
        throwIfAborted(signal, WHERE);
        onProgress?.({ done: done++, total, what: `${run.entry.name}, all edits live` });
        keep(run.scores[at]!, item, await scoreCase(scoring, item, protocol, live!(item.index), plain));
      }
    }
  }
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
      runs: runs.map(({ entry, learned, warnings, errors, scores }) => ({
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

function settingsOf(options: RunSuiteOptions): { learning: LearnSettings; scoring: ScoreSettings } {
  const { units = noUnits, edits = editsInMemory(), identity = null, signal } = options;
  const { cacheBytes, activations } = options;
  const lm: CausalLM = withActivationCache(options.lm, {
    ...(cacheBytes !== undefined && { maxBytes: cacheBytes }),
    ...(activations !== undefined && { directory: activations.directory }),
    ...(activations?.bytes !== undefined && { directoryBytes: activations.bytes }),
  });
  const { id: _id, ...info } = lm.info;
  const base: Json = [1, JSON.parse(JSON.stringify(info)) as Json, identity];
  return {
    learning: {
      lm,
      prompts: options.prompts,
      count: options.count ?? 50,
      seed: options.seed ?? 0,
      units,
      edits,
      base,
      signal,
    },
    scoring: {
      lm,
      units,
      base,
      metrics: new Map(options.suite.metrics.map((metric) => [metric.name, metric])),
      wholeObject: createWholeObjectScorer(lm),
      alsoOpen: options.alsoOpen ?? false,
      signal,
    },
  };
}

/** The case's own edit, alone. */
function ownEdit({ entry, learned, learners }: MethodRun, index: number): LiveEdits {
  const unit = learned[index];
  return {
    key: unit === undefined || unit.failure !== undefined ? null : unit.key,
    load: async () => {
      const own = unit === undefined ? undefined : await learners[index]!.edit(entry, unit);
      return { live: own === undefined ? [] : [own], own };
    },
  };
}

/** Every edit of a method, loaded at most once, with each case's own among them. */
function allEdits({ entry, learned, learners }: MethodRun): (index: number) => LiveEdits {
  let loading: Promise<(Edit | undefined)[]> | undefined;
  const load = async (): Promise<(Edit | undefined)[]> => {
    const edits: (Edit | undefined)[] = [];
    for (const [index, unit] of learned.entries())
      edits.push(unit === undefined ? undefined : await learners[index]!.edit(entry, unit));
    return edits;
  };
  const keys = learned.map((unit) => (unit === undefined || unit.failure !== undefined ? null : unit.key));
  return (index) => ({
    key: { all: keys, own: keys[index] ?? null },
    load: async () => {
      const edits = await (loading ??= load());
      return { live: edits.filter((edit) => edit !== undefined), own: edits[index] };
    },
  });
}

/** Writes down an edit that was not learned. */
function note({ warnings, errors }: MethodRun, { index, case: { id } }: PreparedCase, { failure }: Learned): void {
  if (failure === undefined) return;
  const { code, message } = failure;
  warnings.push(`record ${index} (${id}) was not learned and is scored without its edit: ${message}`);
  if (!isUnlearnable(failure)) errors.push({ case: id, what: 'learning', code, message });
}

function keep(
  scores: ProtocolScores,
  { case: { id } }: PreparedCase,
  { queries, seconds, failure }: CaseScores,
): void {
  scores.queries.push(...queries);
  scores.seconds += seconds;
  if (failure !== undefined)
    scores.errors.push({ case: id, what: 'scoring', code: failure.code, message: failure.message });
}

/** @throws {SakeError} `not-enough-data` when the source has prompts for no case at all. */
function checkPrompts(runs: readonly MethodRun[], prompts: PromptGenerator): void {
  for (const { entry, learned } of runs) {
    const failures = learned.flatMap((unit) => (unit?.failure?.ofPrompts ? [unit.failure] : []));
    if (failures.length > 0 && failures.length === learned.length)
      throw noPrompts(failures, (entry.prompts ?? prompts).kind);
  }
}
