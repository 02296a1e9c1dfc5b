import type { CausalLM, Edit, Json } from '@sakejs/spec';
import { unitKey } from '../journal/unit-key.js';
import type { Metric } from '../metrics/metric.js';
import type { Protocol } from '../protocols/protocol.js';
import type { WholeObjectScorer } from '../protocols/whole-object.js';
import { askCase } from './ask-case.js';
import { attempt, type Failure } from './failures.js';
import type { ScoredQuery } from './outcome.js';
import type { PlainAnswers } from './plain-answers.js';
import type { PreparedCase } from './prepared-suite.js';
import type { UnitStore } from './unit-store.js';

/** The edits that are live while a case is scored. */
export interface LiveEdits {
  /** What tells them from others: the keys under which they were learned. */
  readonly key: Json;
  /** Loads them, oldest first, and the case's own among them. */
  load(): Promise<{ readonly live: readonly Edit[]; readonly own: Edit | undefined }>;
}

export interface ScoreSettings {
  readonly lm: CausalLM;
  readonly counterfactuals: readonly CausalLM[];
  readonly units: UnitStore;
  readonly base: Json;
  readonly metrics: ReadonlyMap<string, Metric>;
  readonly wholeObject: WholeObjectScorer;
  /** Whether queries are judged once more with the own edit's gate open: always, or under the protocols named. */
  readonly alsoOpen: boolean | readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** A case scored once. */
export interface CaseScores {
  readonly queries: readonly ScoredQuery[];
  /** Time of the answers, in seconds. */
  readonly seconds: number;
  readonly failure?: Failure;
}

/** Scores a case, or finds that it was scored before. A case that fails is kept nowhere, so that the next run tries again. */
export async function scoreCase(
  settings: ScoreSettings,
  item: PreparedCase,
  protocol: Protocol,
  edits: LiveEdits,
  plain: PlainAnswers,
): Promise<CaseScores> {
  const { lm, counterfactuals, units, base, metrics, wholeObject, signal } = settings;
  const alsoOpen = opensUnder(settings, protocol);
  const key = unitKey([
    'score',
    base,
    edits.key,
    { ...protocol },
    alsoOpen,
    item.queries.map(({ index, query }) => [index, JSON.stringify(query)]),
  ]);
  const known = (await units.get(key)) as
    (Pick<CaseScores, 'seconds'> & { queries: ScoredQuery[] }) | undefined;
  if (known !== undefined)
    // The same edits and queries may stand elsewhere in another run.
    return { ...known, queries: known.queries.map((query) => ({ ...query, case: item.index })) };
  const loaded = await attempt(() => edits.load());
  const started = performance.now();
  const outcome =
    'failure' in loaded
      ? loaded
      : await attempt(() =>
          askCase(
            {
              ...{ lm, counterfactuals, metrics, wholeObject, plain, protocol, alsoOpen, signal },
              ...loaded.value,
            },
            item,
          ),
        );
  const seconds = (performance.now() - started) / 1000;
  if ('failure' in outcome)
    return {
      queries: failedQueries(item, metrics, outcome.failure),
      seconds,
      failure: outcome.failure,
    };
  const scored = { queries: outcome.value, seconds };
  await units.put(key, JSON.parse(JSON.stringify(scored)) as Json);
  return scored;
}

const opensUnder = ({ alsoOpen }: ScoreSettings, { name }: Protocol): boolean =>
  typeof alsoOpen === 'boolean' ? alsoOpen : alsoOpen.includes(name);

/** Shares count a query that could not be scored as a failure; means of values leave it out, with its reason. */
function failedQueries(
  { index, queries }: PreparedCase,
  metrics: ReadonlyMap<string, Metric>,
  { message }: Failure,
): ScoredQuery[] {
  return queries.map(({ index: query, query: { metric } }) => {
    const { unit, higherIsBetter } = metrics.get(metric)!;
    const outcome =
      unit === 'share' ? { value: higherIsBetter ? 0 : 1 } : { value: null, leftOut: 'could not be scored' };
    return {
      case: index,
      query,
      metric,
      ...outcome,
      firstToken: false,
      wholeObject: false,
      probability: false,
      answer: '',
      before: '',
      fired: 'none',
      error: message,
    };
  });
}
