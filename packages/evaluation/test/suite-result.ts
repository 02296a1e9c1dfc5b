import { protocols } from '../src/protocols/protocol.js';
import type { QueryOutcome } from '../src/runner/outcome.js';
import type {
  MetricColumn,
  MetricValue,
  QueryRecord,
  SuiteResult,
  SuiteRow,
} from '../src/runner/suite-result.js';
import { clusterBootstrapInterval, pairedDifference, type Trial } from '../src/statistics/intervals.js';

/** Values of one metric: by case, then by query; null where a query is left out. */
export type Values = readonly (readonly (number | null)[])[];

/** What a made-up result holds. */
export interface MadeUp {
  /** By method, then by metric. */
  readonly methods: Readonly<Record<string, Readonly<Record<string, Values>>>>;
  readonly columns?: readonly MetricColumn[];
  /** Methods that are compared with nothing. Default `none`. */
  readonly unedited?: readonly string[];
  readonly withQueries?: boolean;
  readonly change?: Partial<SuiteResult>;
}

const share = (name: string, higherIsBetter: boolean = true): MetricColumn => ({
  name,
  higherIsBetter,
  unit: 'share',
});

const outcome = (value: number | null): QueryOutcome => ({
  firstToken: value === null ? null : value === 1,
  wholeObject: null,
  probability: null,
  value,
  answer: 'x',
  before: 'y',
  fired: 'none',
  ...(value === null && { leftOut: 'made up' }),
});

const trials = (values: Values): Trial[] =>
  values.flatMap((of, cluster) =>
    of.flatMap((value): Trial[] => (value === null ? [] : [{ cluster, value }])),
  );

function metricValue(values: Values): MetricValue {
  const kept = trials(values);
  return {
    value: kept.length === 0 ? null : kept.reduce((sum, { value }) => sum + value, 0) / kept.length,
    n: kept.length,
    interval: kept.length === 0 ? null : clusterBootstrapInterval(kept),
    scorers: { firstToken: null, wholeObject: null, probability: null },
    fired: { own: null, other: null },
  };
}

/** A result of the shape that `runSuite` gives, made from values. */
export function madeUpResult({
  methods,
  columns,
  unedited = ['none'],
  withQueries = true,
  change = {},
}: MadeUp): SuiteResult {
  // prettier-ignore
  const names = Object.keys(methods);
  const metrics = Object.keys(methods[names[0]!]!);
  const cases = methods[names[0]!]![metrics[0]!]!.length;
  const rows = names.map((method): SuiteRow => ({
    method,
    metrics: Object.fromEntries(metrics.map((metric) => [metric, metricValue(methods[method]![metric]!)])),
    filtered: {},
    warnings: [],
    errors: [],
    seconds: 1,
    learned: cases,
    cost: { seconds: null, bytes: null, memory: null },
  }));
  const editing = names.filter((name) => !unedited.includes(name));
  const comparisons = editing.flatMap((a, i) =>
    editing.slice(i + 1).flatMap((b) =>
      metrics.flatMap((metric) => {
        const [left, right] = [methods[a]![metric]!, methods[b]![metric]!];
        const kept = (values: Values, other: Values): Trial[] =>
          trials(
            values.map((row, at) => row.map((value, query) => (other[at]![query] === null ? null : value))),
          );
        const shared = kept(left, right);
        return shared.length === 0 ? [] : [{ a, b, metric, ...pairedDifference(shared, kept(right, left)) }];
      }),
    ),
  );
  const queries = metrics.flatMap((metric) =>
    Array.from({ length: cases }, (_, at) => at).flatMap((at) =>
      methods[names[0]!]![metric]![at]!.map((_, query): QueryRecord => ({
        case: at,
        metric,
        prompt: `${metric} ${at} ${query}`,
        wanted: [`object ${at}`],
        outcomes: Object.fromEntries(
          names.map((name) => [name, outcome(methods[name]![metric]![at]![query]!)]),
        ),
      })),
    ),
  );
  return {
    suite: 'counterfact',
    title: 'CounterFact',
    protocol: 'strict',
    protocolSettings: protocols.strict,
    model: 'm',
    edits: cases,
    seed: 7,
    columns: columns ?? metrics.map((name) => share(name)),
    rows,
    comparisons,
    modelInfo: {
      id: 'm',
      sha256: 'e'.repeat(64),
      family: 'llama',
      hiddenSize: 16,
      layers: 2,
      vocabularySize: 300,
      maxPositions: 64,
      dtype: 'float32',
      threads: 1,
      runtime: { node: '20' },
    },
    data: { name: 'records', sha256: 'f'.repeat(64), records: 9 },
    prompts: { source: 'template', count: 50 },
    ...(withQueries && { queries }),
    ...change,
  };
}

/** One query a case. */
export const single = (values: readonly (number | null)[]): Values => values.map((value) => [value]);
