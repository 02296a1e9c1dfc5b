import { createRandom, matrix, type Matrix } from '@sakejs/spec';
import { projectActivations } from '../src/activations/project-activations.js';
import type { Ablation, AblationPoint, ActivationPicture, ReportInput } from '../src/input/report-input.js';
import { tradeoffCurve } from '../src/tradeoff/tradeoff-curve.js';
import { fakeResults } from './fake-results.js';

/** A whole report's worth of made-up input: 6 methods, 3 suites, 13 queries an edit. */
export function fakeReport(edits = 200): ReportInput {
  const results = fakeResults(edits);
  const gated = ['sake', 'sake-paper', 'uniform', 'actadd'];
  return {
    title: 'FAKE data: how the report looks',
    results,
    published: [
      {
        suite: 'counterfact',
        model: 'FAKE-XL, 2,000 edits',
        source: 'made up for this picture',
        rows: [
          { method: 'ROME', metrics: { accuracy: 0.9, generality: 0.7, specificity: 0.8 } },
          { method: 'SAKE', metrics: { accuracy: 0.95, generality: 0.8 } },
        ],
      },
    ],
    ablations: [mapperAblation(), promptAblation()],
    tradeoff: gated.map((method) => tradeoffCurve(results[0]!.queries!, method)),
    activations: [1, 2, 3].map(fakePicture),
    environment: {
      version: '0.0.0-fake',
      node: 'v20.20.2',
      command: `sake-bench run --suite counterfact,popular,doubt --methods none,${gated.join(',')},icl --json fake.json`,
      threads: 2,
    },
  };
}

function mapperAblation(): Ablation {
  const random = createRandom(1);
  const labels = [
    'optimal transport',
    'mean shift',
    'diagonal Gaussian',
    'identity',
    'ridge 0.01',
    'ridge cross-validated',
  ];
  const points = labels.flatMap((label) =>
    ['sake', 'sake-paper'].map((series) => fakePoint(label, series, 0.5 + 0.5 * random.next())),
  );
  return { name: 'mapper', title: 'FAKE mapper', axis: 'category', points };
}

function promptAblation(): Ablation {
  const points = ['template', 'expert', 'agent'].flatMap((series, rank) =>
    [5, 10, 25, 50, 100].map((x) => ({
      ...fakePoint(`${x} prompts`, series, 1 - (0.1 + 0.1 * rank) / Math.sqrt(x / 5)),
      x,
    })),
  );
  return { name: 'prompt-count', title: 'FAKE number of prompts', axis: 'number', points };
}

function fakePoint(label: string, series: string, share: number): AblationPoint {
  const measured = (value: number): AblationPoint['metrics'][string] => ({
    value,
    interval: [Math.max(0, value - 0.04), Math.min(1, value + 0.03)],
    n: 400,
  });
  return {
    label,
    series,
    metrics: {
      accuracy: measured(share),
      generality: measured(0.9 * share),
      specificity: measured(1 - 0.2 * share),
    },
  };
}

function fakePicture(seed: number): ActivationPicture {
  const random = createRandom(seed);
  const rows = (count: number, shift: number): Matrix =>
    matrix(
      count,
      16,
      Float64Array.from({ length: 16 * count }, (_, at) => (at % 16 < 4 ? shift : 0) + random.normal()),
    );
  const sets = { source: rows(60, 0), target: rows(50, 2.5), mapped: rows(60, 2.5) };
  return { edit: `FAKE edit ${seed}: Erewhon → Utopia`, ...projectActivations(sets) };
}
