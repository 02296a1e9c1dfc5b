import { withActivationCache } from '@sakejs/editor';
import { throwIfAborted, type CausalLM, type Json } from '@sakejs/spec';
import type { Protocol } from '../protocols/protocol.js';
import { createWholeObjectScorer } from '../protocols/whole-object.js';
import { isUnlearnable } from './failures.js';
import { caseLearner, type CaseLearner, type Learned, type LearnSettings } from './learning.js';
import { liveTogether, type TogetherEdits } from './live-together.js';
import type { MethodEntry } from './method-entry.js';
import type { ScoredQuery } from './outcome.js';
import { plainAnswers, type PlainAnswers } from './plain-answers.js';
import { prepareCases, suiteWarnings, type PreparedCase } from './prepared-suite.js';
import { observeOnce } from './observe-once.js';
import type { RunSuiteOptions } from './run-options.js';
import { scoreCase, type CaseScores, type LiveEdits, type ScoreSettings } from './scoring.js';
import type { UnitError } from './suite-result.js';
import { editsInMemory, noUnits } from './unit-store.js';

/** What one method has learned and been asked so far. */
export interface MethodRun {
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
  /** Of edits that are live together. */
  readonly warnings: string[];
  seconds: number;
}

/** A suite as it is worked: who is asked what, and what came of it so far. */
export interface SuiteRun {
  readonly options: RunSuiteOptions;
  readonly learning: LearnSettings;
  readonly scoring: ScoreSettings;
  readonly prepared: readonly PreparedCase[];
  readonly methods: readonly MethodRun[];
  /** Protocols with all edits live. */
  readonly together: readonly Protocol[];
  /** What the unedited model says, whichever method and protocol asks. */
  readonly plain: PlainAnswers;
  /** One a case, made when it is first worked. */
  readonly learners: (CaseLearner | undefined)[];
  /** Tells of the next step, as work on it begins. */
  advance(what: string): void;
  /** Tells that all is done. */
  end(): void;
}

const WHERE = 'runSuite';

/** Measures the suite with the model's tokenizer; nothing is learned yet. */
export function startRun(options: RunSuiteOptions): SuiteRun {
  const { suite, methods, protocols } = options;
  const { learning, scoring } = settingsOf(options);
  const prepared = prepareCases(learning.lm, suite);
  const together = protocols.filter(({ live }) => live === 'all');
  const total = prepared.length * (1 + together.length * methods.length);
  let done = 0;
  return {
    options,
    learning,
    scoring,
    prepared,
    methods: methods.map((entry) => ({
      entry,
      learned: [],
      learners: [],
      warnings: suiteWarnings(prepared, learning.lm.info),
      errors: [],
      scores: protocols.map(() => ({ queries: [], errors: [], warnings: [], seconds: 0 })),
    })),
    together,
    plain: plainAnswers(learning.lm),
    learners: [],
    advance: (what) => options.onProgress?.({ done: done++, total, what }),
    end: () => options.onProgress?.({ done: total, total, what: 'done' }),
  };
}

/** The cases that are this process's to work; default all. */
export type Chosen = (item: PreparedCase) => boolean;

/** Learns every edit, and scores each alone under the protocols that have it so. */
export async function workAlone(run: SuiteRun, chosen: Chosen = () => true): Promise<void> {
  const { options, scoring, prepared, methods, plain } = run;
  const { protocols, signal } = options;
  for (const item of prepared.filter(chosen)) {
    run.advance(item.case.request.subject);
    for (const method of methods) {
      throwIfAborted(signal, WHERE);
      await learnCase(run, method, item);
      for (const [index, protocol] of protocols.entries()) {
        if (protocol.live !== 'own') continue;
        const scored = await scoreCase(scoring, item, protocol, ownEdit(method, item.index), plain);
        keep(method.scores[index]!, item, scored);
      }
    }
    run.learners[item.index]?.release();
  }
}

/** Finds what others have learned of the cases that are not this process's; what they left undone is learned here. */
export async function learnOthers(run: SuiteRun, chosen: Chosen): Promise<void> {
  for (const item of run.prepared.filter((other) => !chosen(other))) {
    for (const method of run.methods) {
      throwIfAborted(run.options.signal, WHERE);
      await learnCase(run, method, item);
    }
    run.learners[item.index]?.release();
  }
}

/**
 * Scores cases with all edits of a method live, or as many at once as the protocol says, method by method: one method's
 * edits are in memory at a time. Cases that nothing is asked of lend their edits only.
 */
export async function workTogether(run: SuiteRun, chosen: Chosen = () => true): Promise<void> {
  const { options, scoring, prepared, methods, together, plain } = run;
  if (together.length === 0) return;
  for (const method of methods) {
    const groups = new Map<number, LiveGroup>();
    const conflicts = new Map<number, string[]>();
    const leave = async (size: number, group: LiveGroup): Promise<void> => {
      conflicts.set(size, [...(conflicts.get(size) ?? []), ...(await group.edits.conflicts())]);
    };
    for (const item of prepared.filter(chosen))
      for (const [index, protocol] of options.protocols.entries()) {
        if (protocol.live !== 'all') continue;
        throwIfAborted(options.signal, WHERE);
        run.advance(`${method.entry.name}, all edits live`);
        if (item.case.queries.length === 0) continue;
        const size = protocol.liveAtOnce ?? prepared.length;
        const first = item.index - (item.index % size);
        let group = groups.get(size);
        if (group?.first !== first) {
          if (group !== undefined) await leave(size, group);
          groups.set(size, (group = { first, edits: liveTogether(...slice(run, method, first, size)) }));
        }
        const live = group.edits.of(item.index - first);
        const scored = await scoreCase(scoring, item, protocol, live, plain);
        keep(method.scores[index]!, item, scored);
      }
    for (const [size, group] of groups) await leave(size, group);
    for (const [index, protocol] of options.protocols.entries())
      if (protocol.live === 'all')
        method.scores[index]!.warnings.push(...(conflicts.get(protocol.liveAtOnce ?? prepared.length) ?? []));
  }
}

async function learnCase(
  { learning, learners }: SuiteRun,
  method: MethodRun,
  item: PreparedCase,
): Promise<void> {
  const learner = (learners[item.index] ??= caseLearner(learning, item));
  const learned = method.entry.method === undefined ? undefined : await learner.learn(method.entry);
  method.learners[item.index] = learner;
  method.learned[item.index] = learned;
  if (learned !== undefined) note(method, item, learned);
}

function settingsOf(options: RunSuiteOptions): { learning: LearnSettings; scoring: ScoreSettings } {
  const { units = noUnits, edits = editsInMemory(), identity = null, signal } = options;
  const { cacheBytes, activations } = options;
  const lm: CausalLM = withActivationCache(observeOnce(options.lm), {
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
      counterfactuals: options.counterfactuals ?? [],
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

/** Cases whose edits are live together. */
interface LiveGroup {
  readonly first: number;
  readonly edits: TogetherEdits;
}

/** A run and a method of so many cases from the first on. The last group asked for is kept: in order, each is loaded once. */
function slice(run: SuiteRun, method: MethodRun, first: number, size: number): [SuiteRun, MethodRun] {
  const end = first + size;
  return [
    { ...run, prepared: run.prepared.slice(first, end) },
    {
      ...method,
      learned: method.learned.slice(first, end),
      learners: method.learners.slice(first, end),
    },
  ];
}

/** Writes down an edit that was not learned. */
function note(
  { warnings, errors }: MethodRun,
  { index, case: { id } }: PreparedCase,
  { failure }: Learned,
): void {
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
