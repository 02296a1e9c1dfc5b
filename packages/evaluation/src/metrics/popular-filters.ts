import type { Query } from '../suites/suite.js';
import type { ConditionAsk, Evidence, Judgement } from './metric.js';
import { leftOut } from './metric.js';

export const CONDITION_FAILS = 'the condition query fails';
export const PREFERS_TRUE = 'the edit leaves P(new) <= P(true) on its request';

/** The condition query, asked of the unedited model. */
export function uneditedCondition({ condition }: Query): ConditionAsk | undefined {
  return condition === undefined ? undefined : { ...condition, of: 'unedited' };
}

/** Why Popular leaves a query out, if it does: the edit did not take, or the condition fails. */
export function popularFilter({ prefersNew, conditionPasses }: Evidence): Judgement | undefined {
  if (prefersNew === false) return leftOut(PREFERS_TRUE);
  return conditionPasses === false ? leftOut(CONDITION_FAILS) : undefined;
}
