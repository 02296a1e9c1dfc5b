import type { ModelInfo } from '@sakejs/spec';
import { z } from 'zod';
import type { Protocol } from '../protocols/protocol.js';
import type { Interval } from '../statistics/intervals.js';
import type { SuiteData } from '../suites/suite.js';
import type { QueryOutcome } from './outcome.js';
import type {
  Comparison,
  EditCost,
  MetricColumn,
  MetricValue,
  QueryRecord,
  SuiteResult,
  SuiteRow,
  UnitError,
} from './suite-result.js';

/** A schema of every field: one that a type gains and its schema lacks does not compile. */
type Fields<T> = { readonly [Key in keyof T]-?: z.ZodType<T[Key]> };

const share = z.number().nullable();
const count = z.int().min(0);
const texts = z.array(z.string());
const interval: z.ZodType<Interval> = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low <= high, 'expected an interval [low, high] with low <= high');

const metricValue = z.strictObject({
  value: share,
  n: count,
  interval: interval.nullable(),
  scorers: z.strictObject({ firstToken: share, wholeObject: share, probability: share }),
  fired: z.strictObject({ own: share, other: share }),
} satisfies Fields<MetricValue>);

const unitError = z.strictObject({
  case: z.string(),
  what: z.enum(['learning', 'scoring']),
  code: z.string(),
  message: z.string(),
} satisfies Fields<UnitError>);

const cost = z.strictObject({
  seconds: share,
  bytes: share,
  // Results of earlier releases have none.
  memory: share.default(null),
} satisfies Fields<EditCost>);

const row = z.strictObject({
  method: z.string().min(1),
  metrics: z.record(z.string(), metricValue),
  filtered: z.record(z.string(), count),
  warnings: texts,
  errors: z.array(unitError),
  seconds: z.number(),
  learned: count,
  cost,
} satisfies Fields<SuiteRow>);

const comparison = z.strictObject({
  a: z.string(),
  b: z.string(),
  metric: z.string(),
  difference: z.number(),
  interval,
  n: count,
} satisfies Fields<Comparison>);

const column = z.strictObject({
  name: z.string().min(1),
  higherIsBetter: z.boolean(),
  unit: z.enum(['share', 'nats', 'bits', 'logit']),
  of: z.exactOptional(z.array(z.string())),
} satisfies Fields<MetricColumn>);

const protocol = z.strictObject({
  name: z.string().min(1),
  live: z.enum(['own', 'all']),
  liveAtOnce: z.exactOptional(z.int().min(1)),
  closedGateSucceeds: z.boolean(),
  doubtGate: z.enum(['open', 'method']),
  keepEdits: z.enum(['all', 'preferring-new']),
  preferenceTokens: z.enum(['bare', 'spaced']),
  aliasingCondition: z.enum(['mapped', 'unedited']),
  emptyTokenPasses: z.boolean(),
} satisfies Fields<Protocol>);

const modelInfo = z.strictObject({
  id: z.string(),
  sha256: z.string(),
  family: z.string(),
  hiddenSize: count,
  layers: count,
  vocabularySize: count,
  maxPositions: count,
  dtype: z.string(),
  threads: count,
  runtime: z.record(z.string(), z.string()),
} satisfies Fields<ModelInfo>);

const data = z.strictObject({
  name: z.string(),
  sha256: z.string(),
  records: count,
} satisfies Fields<SuiteData>);

const verdict = z.boolean().nullable();

const outcome = z.strictObject({
  firstToken: verdict,
  wholeObject: verdict,
  probability: verdict,
  leftOut: z.exactOptional(z.string()),
  value: z.number().nullable(),
  answer: z.string(),
  before: z.string(),
  fired: z.enum(['own', 'other', 'none']),
  edit: z.exactOptional(z.string()),
  distance: z.exactOptional(z.number()),
  open: z.exactOptional(z.strictObject({ value: z.number().nullable() })),
  error: z.exactOptional(z.string()),
} satisfies Fields<QueryOutcome>);

const query = z.strictObject({
  case: count,
  metric: z.string(),
  prompt: z.string(),
  wanted: texts,
  outcomes: z.record(z.string(), outcome),
} satisfies Fields<QueryRecord>);

/** A suite's result as JSON has it; rows hold every column, and queries every row's outcome. */
export const suiteResultSchema: z.ZodType<SuiteResult> = z
  .strictObject({
    suite: z.string().min(1),
    title: z.string(),
    protocol: z.string().min(1),
    protocolSettings: protocol,
    model: z.string(),
    edits: count,
    seed: z.number(),
    columns: z.array(column),
    rows: z.array(row),
    comparisons: z.array(comparison),
    modelInfo,
    data,
    prompts: z.strictObject({ source: z.string(), count }),
    queries: z.exactOptional(z.array(query)),
  } satisfies Fields<SuiteResult>)
  .superRefine(({ columns, rows, queries = [] }, context) => {
    for (const [at, { method, metrics }] of rows.entries()) {
      const missing = columns.find(({ name }) => !Object.hasOwn(metrics, name));
      if (missing !== undefined)
        context.addIssue({
          code: 'custom',
          path: ['rows', at, 'metrics'],
          message: `expected a value of column ${missing.name} for method ${method}, got none`,
        });
    }
    for (const [at, { outcomes }] of queries.entries()) {
      const missing = rows.find(({ method }) => !Object.hasOwn(outcomes, method));
      if (missing !== undefined)
        context.addIssue({
          code: 'custom',
          path: ['queries', at, 'outcomes'],
          message: `expected an outcome of method ${missing.method}, got none`,
        });
    }
  });
