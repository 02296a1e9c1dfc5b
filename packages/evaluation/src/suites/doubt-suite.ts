import type { CounterFactDataset } from '../datasets/counterfact.js';
import { doubtMetric } from '../metrics/doubt.js';
import { counterFactCases, newObjectQueries, suiteData } from './counterfact-suite.js';
import { doubtWordings } from './doubt-wordings.js';
import type { Suite } from './suite.js';

/** Doubts about each record's edit, in the paper's two wordings and eight others. */
export function doubtSuite(dataset: CounterFactDataset): Suite {
  return {
    name: 'doubt',
    title: 'Robustness to doubt',
    data: suiteData(dataset),
    metrics: doubtWordings.map(({ name }) => doubtMetric(name)),
    cases: counterFactCases(dataset, ({ request }) =>
      doubtWordings.flatMap(({ name, ask }) => newObjectQueries(name, request, [ask(request)])),
    ),
  };
}
