import { z } from 'zod';

const interval = z.tuple([z.number(), z.number()]);
const maybe = z.number().nullable();

const metricValue = z.object({
  value: maybe,
  n: z.int().min(0),
  interval: interval.nullable(),
  fired: z.object({ own: maybe, other: maybe }),
});

const row = z.object({
  method: z.string(),
  metrics: z.record(z.string(), metricValue),
  filtered: z.record(z.string(), z.number()),
  warnings: z.array(z.string()),
  errors: z.array(
    z.object({
      case: z.string(),
      what: z.enum(['learning', 'scoring']),
      code: z.string(),
      message: z.string(),
    }),
  ),
  seconds: z.number(),
  learned: z.int().min(0),
  cost: z.object({ seconds: maybe, bytes: maybe }),
});

const outcome = z.object({
  leftOut: z.string().optional(),
  value: maybe,
  answer: z.string(),
  before: z.string(),
  fired: z.enum(['own', 'other', 'none']),
  edit: z.string().optional(),
  distance: z.number().optional(),
  open: z.object({ value: maybe }).optional(),
  error: z.string().optional(),
});

const queryRecord = z.object({
  case: z.int().min(0),
  metric: z.string(),
  prompt: z.string(),
  wanted: z.array(z.string()),
  outcomes: z.record(z.string(), outcome),
});

/** What a report reads of a suite's result. */
export const suiteResultSchema: z.ZodType = z.object({
  suite: z.string(),
  title: z.string(),
  protocol: z.string(),
  protocolSettings: z.record(z.string(), z.unknown()),
  model: z.string(),
  edits: z.int().min(0),
  seed: z.number(),
  columns: z.array(
    z.object({
      name: z.string(),
      higherIsBetter: z.boolean(),
      unit: z.enum(['share', 'nats', 'bits', 'logit']),
    }),
  ),
  rows: z.array(row),
  comparisons: z.array(
    z.object({
      a: z.string(),
      b: z.string(),
      metric: z.string(),
      difference: z.number(),
      interval,
      n: z.int().min(0),
    }),
  ),
  data: z.object({ name: z.string(), sha256: z.string(), records: z.number() }),
  prompts: z.object({ source: z.string(), count: z.number() }),
  queries: z.array(queryRecord).optional(),
});
