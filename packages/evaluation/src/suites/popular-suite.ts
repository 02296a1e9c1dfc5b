import {
  isCounterfactual,
  rippleEditsAxes,
  type CounterfactualRippleRecord,
  type RippleEditsAxis,
  type RippleEditsDataset,
  type RippleQuery,
} from '../datasets/ripple-edits-record.js';
import { compositionalityI } from '../metrics/compositionality-i.js';
import { compositionalityII } from '../metrics/compositionality-ii.js';
import { forgetfulness } from '../metrics/forgetfulness.js';
import { logicalGeneralization } from '../metrics/logical-generalization.js';
import type { Metric } from '../metrics/metric.js';
import { popularAccuracy } from '../metrics/popular-accuracy.js';
import { relationSpecificity } from '../metrics/relation-specificity.js';
import { subjectAliasing } from '../metrics/subject-aliasing.js';
import { askedPrompt, newObjectQueries } from './counterfact-suite.js';
import type { Query, Suite } from './suite.js';

const metricOf: Readonly<Record<RippleEditsAxis, Metric>> = {
  compositionalityI,
  compositionalityII,
  subjectAliasing,
  relationSpecificity,
  logicalGeneralization,
  forgetfulness,
};

/**
 * RippleEdits: what follows from an edit, and what must stay as it was.
 *
 * As in the authors' code a test is its first query, whose answers are the first answer and its aliases, and its condition
 * the first condition query. Records that name no true object (RECENT) cannot be edited from it and are left out.
 */
export function popularSuite(dataset: RippleEditsDataset): Suite {
  const records = dataset.records.filter(isCounterfactual);
  return {
    name: 'popular',
    title: 'RippleEdits',
    data: { name: dataset.name, sha256: dataset.sha256, records: dataset.total },
    metrics: [popularAccuracy, ...rippleEditsAxes.map((axis) => metricOf[axis])],
    cases: records.map((record) => ({
      id: record.caseId === undefined ? `record ${record.index}` : `case_id ${record.caseId}`,
      request: record.request,
      withheld: rippleEditsAxes.flatMap((axis) =>
        record.tests[axis].flatMap(({ queries }) => queries.map(({ prompt }) => prompt)),
      ),
      queries: [
        ...newObjectQueries('accuracy', record.request, [askedPrompt(record.request)]),
        ...rippleEditsAxes.flatMap((axis) => axisQueries(record, axis)),
      ],
    })),
  };
}

function axisQueries(record: CounterfactualRippleRecord, axis: RippleEditsAxis): Query[] {
  const { targetNew, targetTrue } = record.request;
  return record.tests[axis].flatMap(({ queries: [query], conditions: [condition], alias }): Query[] => {
    if (query === undefined) return [];
    return [
      {
        metric: metricOf[axis].name,
        prompt: query.prompt,
        wanted: answersOf(query),
        ...(condition !== undefined && {
          condition: { prompt: condition.prompt, answers: answersOf(condition) },
        }),
        ...(axis === 'subjectAliasing' && {
          before: [alias?.trueAnswer ?? targetTrue],
          rivals: { likelier: targetNew, lessLikely: targetTrue },
        }),
      },
    ];
  });
}

/** The first answer and its aliases. */
function answersOf({ answers: [answer] }: RippleQuery): string[] {
  return answer === undefined ? [] : [answer.value, ...answer.aliases];
}
