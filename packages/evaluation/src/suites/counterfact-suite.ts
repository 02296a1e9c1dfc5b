import { fillPrompt, type EditRequest } from '@sakejs/spec';
import type { CounterFactDataset, CounterFactRecord } from '../datasets/counterfact.js';
import { accuracy } from '../metrics/accuracy.js';
import { generality } from '../metrics/generality.js';
import { specificity } from '../metrics/specificity.js';
import type { Query, Suite, SuiteCase } from './suite.js';

/** Prompts that nothing generated for a record may resemble: its paraphrases and neighbours. */
export function withheldPrompts(record: CounterFactRecord): string[] {
  return [...record.paraphrasePrompts, ...record.neighborhoodPrompts];
}

/** The queries of one metric that want the new object. */
export function newObjectQueries(
  metric: string,
  { targetNew, targetTrue }: EditRequest,
  prompts: readonly string[],
): Query[] {
  const rivals = { likelier: targetNew, lessLikely: targetTrue };
  return prompts.map((prompt) => ({ metric, prompt, wanted: [targetNew], rivals }));
}

/** The queries of one metric that want the true object, as before. */
export function trueObjectQueries(
  metric: string,
  { targetNew, targetTrue }: EditRequest,
  prompts: readonly string[],
): Query[] {
  const rivals = { likelier: targetTrue, lessLikely: targetNew };
  return prompts.map((prompt) => ({ metric, prompt, wanted: [targetTrue], rivals }));
}

/** A case for each record of the CounterFact form. */
export function counterFactCases(
  { records }: CounterFactDataset,
  queries: (record: CounterFactRecord, index: number) => Query[],
): SuiteCase[] {
  return records.map((record, index) => ({
    id: `case_id ${record.caseId}`,
    request: record.request,
    withheld: withheldPrompts(record),
    queries: queries(record, index),
  }));
}

/** The request's prompt with its subject in place. */
export const askedPrompt = ({ prompt, subject }: EditRequest): string => fillPrompt(prompt, subject);

/** What identifies a dataset's records in results. */
export const suiteData = ({ name, sha256, total }: CounterFactDataset): Suite['data'] => ({
  name,
  sha256,
  records: total,
});

/** CounterFact: the request, every paraphrase and every neighbour, and their harmonic mean. */
export function counterFactSuite(dataset: CounterFactDataset): Suite {
  return {
    name: 'counterfact',
    title: 'CounterFact',
    data: suiteData(dataset),
    metrics: [accuracy, generality, specificity],
    means: [{ name: 'harmonicMean', of: ['accuracy', 'generality', 'specificity'] }],
    cases: counterFactCases(dataset, ({ request, paraphrasePrompts, neighborhoodPrompts }) => [
      ...newObjectQueries('accuracy', request, [askedPrompt(request)]),
      ...newObjectQueries('generality', request, paraphrasePrompts),
      ...trueObjectQueries('specificity', request, neighborhoodPrompts),
    ]),
  };
}
