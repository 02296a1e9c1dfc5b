import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { protocols, wilsonInterval, type MetricValue, type SuiteResult } from '@sakejs/evaluation';

const CASES = 20;

const share = (passing: number): MetricValue => ({
  value: passing / CASES,
  n: CASES,
  interval: wilsonInterval(passing, CASES),
  scorers: { firstToken: passing / CASES, wholeObject: null, probability: null },
  fired: { own: 1, other: 0 },
});

/** A made-up model. */
export const madeUpModel: SuiteResult['modelInfo'] = {
  id: 'm',
  sha256: 'e'.repeat(64),
  family: 'llama',
  hiddenSize: 16,
  layers: 2,
  vocabularySize: 300,
  maxPositions: 64,
  dtype: 'float32',
  threads: 1,
  runtime: {},
};

/** A made-up result of CounterFact's accuracy: how many of 20 requests each method passes. */
export function madeUpResult(
  passing: Readonly<Record<string, number>>,
  change: Partial<SuiteResult> = {},
): SuiteResult {
  const methods = Object.entries(passing);
  return {
    suite: 'counterfact',
    title: 'CounterFact',
    protocol: 'paper',
    protocolSettings: protocols.paper,
    model: 'm',
    edits: CASES,
    seed: 7,
    columns: [{ name: 'accuracy', higherIsBetter: true, unit: 'share' }],
    rows: methods.map(([method, count]) => ({
      method,
      metrics: { accuracy: share(count) },
      filtered: {},
      warnings: [],
      errors: [],
      seconds: 1,
      learned: CASES,
      cost: { seconds: 0.1, bytes: 100, memory: 2 ** 20 },
    })),
    comparisons: [],
    modelInfo: madeUpModel,
    data: { name: 'records', sha256: 'f'.repeat(64), records: 20 },
    prompts: { source: 'template', count: 50 },
    queries: Array.from({ length: CASES }, (_, at) => ({
      case: at,
      metric: 'accuracy',
      prompt: `The capital of ${at} is`,
      wanted: ['Rome'],
      outcomes: Object.fromEntries(
        methods.map(([method, count]) => [
          method,
          {
            firstToken: at < count,
            wholeObject: null,
            probability: null,
            value: at < count ? 1 : 0,
            answer: 'Rome',
            before: 'Paris',
            fired: 'own' as const,
          },
        ]),
      ),
    })),
    ...change,
  };
}

/** Writes results into a folder; gives the file's path. */
export function resultFile(
  folder: string,
  name: string,
  results: SuiteResult | readonly SuiteResult[],
): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(results));
  return path;
}
