import { fillPrompt } from '@sakejs/spec';
import type { CounterFactRecord } from '../datasets/counterfact.js';

export type CounterFactMetric = 'accuracy' | 'generality' | 'specificity';

export const counterFactMetrics: readonly CounterFactMetric[] = ['accuracy', 'generality', 'specificity'];

/** One prompt that a record asks, and what for. */
export interface CounterFactQuery {
  /** Index of the record in the run. */
  readonly record: number;
  readonly metric: CounterFactMetric;
  readonly prompt: string;
}

/** A record's queries: the request, every paraphrase, every neighbour. */
export function counterFactQueries(record: CounterFactRecord, index: number): CounterFactQuery[] {
  const queries = (metric: CounterFactMetric, prompts: readonly string[]): CounterFactQuery[] =>
    prompts.map((prompt) => ({ record: index, metric, prompt }));
  return [
    ...queries('accuracy', [fillPrompt(record.request.prompt, record.request.subject)]),
    ...queries('generality', record.paraphrasePrompts),
    ...queries('specificity', record.neighborhoodPrompts),
  ];
}

/** Prompts that nothing generated for a record may resemble: its paraphrases and neighbours. */
export function withheldPrompts(record: CounterFactRecord): string[] {
  return [...record.paraphrasePrompts, ...record.neighborhoodPrompts];
}
