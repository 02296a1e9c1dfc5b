import { createSteeredLM, withActivationCache } from '@sakejs/editor';
import {
  isSakeError,
  SakeError,
  throwIfAborted,
  type CausalLM,
  type Edit,
  type EditMethod,
  type PromptGenerator,
} from '@sakejs/spec';
import type { CounterFactDataset, CounterFactRecord } from '../datasets/counterfact.js';
import {
  counterFactQueries,
  withheldPrompts,
  type CounterFactQuery,
} from '../protocols/counterfact-queries.js';
import {
  objectTokens,
  readAnswer,
  scoreQuery,
  type Answer,
  type ObjectTokens,
} from '../protocols/score-query.js';
import { summariseCounterFact, type CounterFactResult, type ScoredQuery } from './summarise-counterfact.js';

export type Protocol = 'paper' | 'strict';

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

interface Prepared {
  readonly record: CounterFactRecord;
  readonly queries: readonly CounterFactQuery[];
  readonly tokens: ObjectTokens;
}

/** What one method has learned and been asked so far. */
interface MethodRun {
  readonly entry: MethodEntry;
  readonly edits: Edit[];
  readonly warnings: string[];
  readonly scored: Map<Protocol, ScoredQuery[]>;
  seconds: number;
}

/**
 * Runs the CounterFact suite: learns each record's edit with each method and scores accuracy, generality and
 * specificity.
 *
 * `paper` scores each edit against its own scope alone; `strict` scores every query with all edits live. Test
 * paraphrases and neighbours are withheld from the prompt source, record by record. An edit that cannot be
 * learned stays in every denominator, scored on the unedited model, and is named in the row's warnings.
 *
 * @returns one result a protocol, in the order asked for.
 * @throws {SakeError} `not-enough-data` without records or methods; errors of the prompt source and the model.
 */
export async function runCounterFact(options: RunCounterFactOptions): Promise<CounterFactResult[]> {
  const {
    dataset,
    methods,
    prompts,
    count = 50,
    protocols = ['paper'],
    seed = 0,
    signal,
    onProgress,
  } = options;
  if (dataset.records.length === 0)
    throw new SakeError('not-enough-data', 'runCounterFact: expected at least one record, got none');
  if (methods.length === 0)
    throw new SakeError('not-enough-data', 'runCounterFact: expected at least one method, got none');
  const lm = withActivationCache(options.lm, { maxBytes: options.cacheBytes ?? 256 * 2 ** 20 });
  const prepared = dataset.records.map((record, index) => ({
    record,
    queries: counterFactQueries(record, index),
    tokens: objectTokens(lm, record.request),
  }));
  const runs = methods.map((entry): MethodRun => ({
    entry,
    edits: [],
    warnings: sharedTokenWarnings(prepared),
    scored: new Map(protocols.map((protocol) => [protocol, []])),
    seconds: 0,
  }));
  const plain: Answer[][] = [];
  const total = prepared.length + (protocols.includes('strict') ? methods.length : 0);
  for (const [index, item] of prepared.entries()) {
    throwIfAborted(signal, 'runCounterFact');
    onProgress?.({ done: index, total, what: item.record.request.subject });
    plain.push(await answers(lm, [], item));
    const learning = runs.some(({ entry }) => entry.method !== undefined);
    const distribution = learning
      ? await prompts.generate(item.record.request, {
          count,
          seed,
          withhold: withheldPrompts(item.record),
          ...(signal === undefined ? {} : { signal }),
        })
      : undefined;
    for (const run of runs) {
      const started = performance.now();
      let learned: Edit | undefined;
      if (run.entry.method && distribution) {
        try {
          learned = await run.entry.method.learn(item.record.request, {
            lm,
            prompts: distribution,
            seed,
            ...(signal === undefined ? {} : { signal }),
          });
          run.edits.push(learned);
        } catch (error) {
          if (!isSakeError(error) || error.code === 'aborted') throw error;
          run.warnings.push(
            `record ${index} (case_id ${item.record.caseId}) was not learned and is scored unedited: ${error.message}`,
          );
        }
      }
      if (protocols.includes('paper')) {
        const edited = learned ? await answers(lm, [learned], item) : plain[index]!;
        run.scored.get('paper')!.push(...score(item, plain[index]!, edited, 'paper', learned?.id));
      }
      run.seconds += (performance.now() - started) / 1000;
    }
  }
  if (protocols.includes('strict'))
    for (const [index, run] of runs.entries()) {
      throwIfAborted(signal, 'runCounterFact');
      onProgress?.({ done: prepared.length + index, total, what: `${run.entry.name}, all edits live` });
      const started = performance.now();
      const own = new Map(run.edits.map((edit) => [requestKey(edit.request), edit.id]));
      for (const [at, item] of prepared.entries()) {
        const edited = run.edits.length > 0 ? await answers(lm, run.edits, item) : plain[at]!;
        run.scored
          .get('strict')!
          .push(...score(item, plain[at]!, edited, 'strict', own.get(requestKey(item.record.request))));
      }
      run.seconds += (performance.now() - started) / 1000;
    }
  onProgress?.({ done: total, total, what: 'done' });
  return protocols.map((protocol) =>
    summariseCounterFact({
      protocol,
      model: options.lm.info,
      dataset,
      seed,
      prompts: { source: prompts.kind, count },
      runs: runs.map((run) => ({
        method: run.entry.name,
        queries: run.scored.get(protocol)!,
        warnings: run.warnings,
        seconds: run.seconds,
        edits: run.edits.length,
      })),
    }),
  );
}

async function answers(
  lm: CausalLM,
  edits: readonly Edit[],
  { queries, tokens }: Prepared,
): Promise<Answer[]> {
  const steered = createSteeredLM(lm, edits);
  const responses = await steered.respond(queries.map(({ prompt }) => prompt));
  return responses.map(({ logits, edit }) => readAnswer(lm, logits, tokens, edit));
}

function score(
  { record, queries }: Prepared,
  plain: readonly Answer[],
  edited: readonly Answer[],
  protocol: Protocol,
  own: string | undefined,
): ScoredQuery[] {
  return queries.map((query, i) => {
    const { fired } = edited[i]!;
    return {
      ...query,
      ...scoreQuery(query.metric, record.request, plain[i]!, edited[i]!, protocol),
      answer: edited[i]!.firstToken,
      fired: fired === undefined ? 'none' : fired === own ? 'own' : 'other',
    };
  });
}

function requestKey({ subject, prompt, targetNew }: Edit['request']): string {
  return JSON.stringify([subject, prompt, targetNew]);
}

function sharedTokenWarnings(prepared: readonly Prepared[]): string[] {
  const shared = prepared.filter(({ tokens }) => tokens.targetNew === tokens.targetTrue);
  if (shared.length === 0) return [];
  return [
    `${shared.length} records whose objects share a first token: the probability scorer cannot tell them apart ` +
      `(case_id ${shared.map(({ record }) => record.caseId).join(', ')})`,
  ];
}
