import { createSteeredLM, withActivationCache } from '@sakejs/editor';
import {
  isSakeError,
  SakeError,
  throwIfAborted,
  type CausalLM,
  type Edit,
  type EditMethod,
  type PromptDistribution,
  type PromptGenerator,
} from '@sakejs/spec';
import type { CounterFactDataset } from '../datasets/counterfact.js';
import type { Protocol } from '../protocols/protocol.js';
import { readAnswer, scoreQuery, wantedObject, type Answer } from '../protocols/score-query.js';
import { createWholeObjectScorer, type WholeObjectScorer } from '../protocols/whole-object.js';
import type { CounterFactResult } from './counterfact-result.js';
import { learnRecord, noPrompts, promptsOf, type LearnSettings } from './learn-record.js';
import { prepareRecords, suiteWarnings, type PreparedRecord } from './prepared-record.js';
import { summariseCounterFact, type ScoredQuery } from './summarise-counterfact.js';

/** A row of the table: a method, or the unedited model. */
export interface MethodEntry {
  readonly name: string;
  /** Absent for `none`. */
  readonly method?: EditMethod;
}

export interface RunProgress {
  readonly done: number;
  readonly total: number;
  readonly what: string;
}

export interface RunCounterFactOptions {
  readonly lm: CausalLM;
  readonly dataset: CounterFactDataset;
  /** Rows of the table, each with its own name. */
  readonly methods: readonly MethodEntry[];
  readonly prompts: PromptGenerator;
  /** Prompts an edit. Default 50. */
  readonly count?: number;
  /** Default `['paper']`. Edits are learned once for all protocols. */
  readonly protocols?: readonly Protocol[];
  readonly seed?: number;
  /** Bytes of captured activations kept. Default 256 MiB. */
  readonly cacheBytes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

/** What one method has learned and been asked so far. */
interface MethodRun {
  readonly entry: MethodEntry;
  /** One a record; undefined where none was learned. */
  readonly edits: (Edit | undefined)[];
  readonly warnings: string[];
  readonly scored: Readonly<Record<Protocol, ScoredQuery[]>>;
  readonly seconds: Record<Protocol | 'learning', number>;
}

/** What answers a record's queries. */
interface Asking {
  readonly lm: CausalLM;
  readonly wholeObject: WholeObjectScorer;
  readonly signal: AbortSignal | undefined;
}

const WHERE = 'runCounterFact';
const TOO_LONG = "longer than the model's positions";

/**
 * Runs the CounterFact suite: learns each record's edit with each method and scores accuracy, generality and
 * specificity.
 *
 * `paper` scores each edit against its own scope alone; `strict` scores every query with all edits live. Test
 * paraphrases and neighbours are withheld from the prompt source, record by record. A record without prompts, or
 * whose edit cannot be learned, stays in every denominator, scored without an edit of its own, and is named in the
 * warnings. Queries longer than the model's positions are left out and counted.
 *
 * @returns one result a protocol, in the order asked for.
 * @throws {SakeError} `not-enough-data` without records or methods, or when no record has prompts; `invalid-option`
 * for a name or protocol given twice; `aborted`; what the model throws.
 */
export async function runCounterFact(options: RunCounterFactOptions): Promise<CounterFactResult[]> {
  const { dataset, methods, prompts, protocols = ['paper'], signal, onProgress } = options;
  checkOptions(options);
  const lm = withActivationCache(options.lm, { maxBytes: options.cacheBytes ?? 256 * 2 ** 20 });
  const settings: LearnSettings = {
    lm,
    count: options.count ?? 50,
    seed: options.seed ?? 0,
    ...(signal === undefined ? {} : { signal }),
  };
  const asking: Asking = { lm, wholeObject: createWholeObjectScorer(lm), signal };
  const prepared = prepareRecords(lm, dataset);
  const runs = methods.map((entry): MethodRun => ({
    entry,
    edits: [],
    warnings: suiteWarnings(prepared, lm.info),
    scored: { paper: [], strict: [] },
    seconds: { learning: 0, paper: 0, strict: 0 },
  }));
  const editing = runs.filter(({ entry }) => entry.method !== undefined);
  const total = prepared.length * (protocols.includes('strict') ? 2 : 1);
  const plain: Answer[][] = [];
  const withoutPrompts: SakeError[] = [];

  for (const [index, item] of prepared.entries()) {
    throwIfAborted(signal, WHERE);
    onProgress?.({ done: index, total, what: item.record.request.subject });
    plain.push(await answers(asking, [], item));
    const distribution = editing.length > 0 ? await promptsOf(item.record, prompts, settings) : undefined;
    if (isSakeError(distribution)) {
      withoutPrompts.push(distribution);
      if (withoutPrompts.length === prepared.length) throw noPrompts(withoutPrompts, prompts);
    }
    for (const run of runs) {
      const edit = await timed(run, 'learning', () => learn(run, index, item, distribution, settings));
      run.edits.push(edit);
      if (protocols.includes('paper'))
        await timed(run, 'paper', async () => {
          const edited = edit ? await answers(asking, [edit], item) : plain[index]!;
          run.scored.paper.push(...(await score(asking, item, plain[index]!, edited, 'paper', edit)));
        });
    }
  }
  if (protocols.includes('strict'))
    for (const [index, item] of prepared.entries()) {
      throwIfAborted(signal, WHERE);
      onProgress?.({ done: prepared.length + index, total, what: 'all edits live' });
      for (const run of runs)
        await timed(run, 'strict', async () => {
          const live = run.edits.filter((edit) => edit !== undefined);
          const edited = live.length > 0 ? await answers(asking, live, item) : plain[index]!;
          const own = run.edits[index];
          run.scored.strict.push(...(await score(asking, item, plain[index]!, edited, 'strict', own)));
        });
    }
  onProgress?.({ done: total, total, what: 'done' });

  const cut = prepared.reduce((sum, { tooLong }) => sum + tooLong.length, 0);
  return protocols.map((protocol) =>
    summariseCounterFact({
      protocol,
      model: options.lm.info,
      dataset,
      seed: settings.seed,
      prompts: { source: prompts.kind, count: settings.count },
      notAsked: cut > 0 ? { [TOO_LONG]: cut } : {},
      runs: runs.map(({ entry, edits, warnings, scored, seconds }) => ({
        method: entry.name,
        edits: entry.method !== undefined,
        queries: scored[protocol],
        warnings,
        seconds: seconds.learning + seconds[protocol],
        learned: edits.filter((edit) => edit !== undefined).length,
      })),
    }),
  );
}

/** The edit of a record, or undefined with a warning. */
async function learn(
  { entry, warnings }: MethodRun,
  index: number,
  { record }: PreparedRecord,
  prompts: PromptDistribution | SakeError | undefined,
  settings: LearnSettings,
): Promise<Edit | undefined> {
  if (entry.method === undefined || prompts === undefined) return undefined;
  const edit = isSakeError(prompts) ? prompts : await learnRecord(record, entry.method, prompts, settings);
  if (!isSakeError(edit)) return edit;
  warnings.push(
    `record ${index} (case_id ${record.caseId}) was not learned and is scored without its edit: ${edit.message}`,
  );
  return undefined;
}

async function timed<T>(
  { seconds }: MethodRun,
  what: keyof MethodRun['seconds'],
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const result = await work();
  seconds[what] += (performance.now() - started) / 1000;
  return result;
}

async function answers(
  { lm, signal }: Asking,
  edits: readonly Edit[],
  { queries, tokens }: PreparedRecord,
): Promise<Answer[]> {
  const responses = await createSteeredLM(lm, edits).respond(
    queries.map(({ prompt }) => prompt),
    signal === undefined ? {} : { signal },
  );
  return responses.map(({ logits, edit }) => readAnswer(lm, logits, tokens, edit));
}

async function score(
  { wholeObject, signal }: Asking,
  { record: { request }, queries }: PreparedRecord,
  plain: readonly Answer[],
  edited: readonly Answer[],
  protocol: Protocol,
  own: Edit | undefined,
): Promise<ScoredQuery[]> {
  const scored: ScoredQuery[] = [];
  for (const [i, query] of queries.entries()) {
    const { fired, token, firstToken } = edited[i]!;
    const wanted = wantedObject(query.metric, request);
    scored.push({
      ...query,
      ...scoreQuery(query.metric, request, plain[i]!, edited[i]!, protocol),
      answer: firstToken,
      fired: fired === undefined ? 'none' : fired === own?.id ? 'own' : 'other',
      wholeObject: await wholeObject.says(query.prompt, token, wanted, signal),
    });
  }
  return scored;
}

function checkOptions({ dataset, methods, protocols = ['paper'] }: RunCounterFactOptions): void {
  const twice = (names: readonly string[]): string | undefined =>
    names.find((name, index) => names.indexOf(name) < index);
  if (dataset.records.length === 0)
    throw new SakeError('not-enough-data', `${WHERE}: expected at least one record, got none`);
  if (methods.length === 0 || protocols.length === 0)
    throw new SakeError('not-enough-data', `${WHERE}: expected at least one method and protocol, got none`);
  const method = twice(methods.map(({ name }) => name));
  const protocol = twice(protocols);
  if (method !== undefined || protocol !== undefined)
    throw new SakeError(
      'invalid-option',
      `${WHERE}: expected each method and protocol once, got ${method ?? protocol} twice`,
    );
}
