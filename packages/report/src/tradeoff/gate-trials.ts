import type { QueryRecord } from '@sakejs/evaluation';
import { SakeError } from '@sakejs/spec';

/** A query as a gate sees it, with what it counts on either side of the gate. */
export interface GateTrial {
  readonly metric: 'accuracy' | 'generality' | 'specificity';
  /** Smallest `distance / threshold`; Infinity where there is no edit that could fire. */
  readonly distance: number;
  /** What the query counts where nothing fires. */
  readonly closed: number;
  /** What it counts where the own edit fires. */
  readonly open: number;
}

export interface GateTrialsOptions {
  /** Method without edits, whose values are those of a closed gate. Default `none`. */
  readonly unedited?: string;
}

const metrics: readonly string[] = ['accuracy', 'generality', 'specificity'];

/**
 * A method's queries of accuracy, generality and specificity, open and closed.
 *
 * The closed value is the query's own where nothing fired; where something did, it is that of the unedited method, and
 * without one, 1 for specificity (the filter keeps queries on which the unedited model is right) and otherwise whether the
 * unedited model's token begins a wanted object. Queries left out of the mean are left out here.
 *
 * @throws {SakeError} `not-enough-data` where a query has no open value: the run must ask for it.
 */
export function gateTrials(
  queries: readonly QueryRecord[],
  method: string,
  options: GateTrialsOptions = {},
): GateTrial[] {
  const { unedited = 'none' } = options;
  const trials: GateTrial[] = [];
  for (const query of queries) {
    const outcome = query.outcomes[method];
    if (outcome === undefined || !isGated(query.metric) || outcome.value === null) continue;
    const closed = outcome.fired === 'none' ? outcome.value : closedValue(query, unedited);
    if (outcome.error !== undefined || outcome.distance === undefined) {
      trials.push({ metric: query.metric, distance: Infinity, closed, open: closed });
      continue;
    }
    const open = outcome.open?.value;
    if (open === null) continue;
    if (open === undefined)
      throw new SakeError(
        'not-enough-data',
        `gateTrials: expected an open value at every query of ${method}, got none at case ${query.case}, ${query.metric}; run with open scores`,
        { details: { method, case: query.case, metric: query.metric } },
      );
    trials.push({ metric: query.metric, distance: outcome.distance, closed, open });
  }
  return trials;
}

/** Whether a curve can be drawn of a method's queries: of those to let in and of those to leave, some have an open value. */
export function canDrawTradeoff(queries: readonly QueryRecord[], method: string): boolean {
  const open = queries.filter(
    ({ metric, outcomes }) => isGated(metric) && outcomes[method]?.open !== undefined,
  );
  return (
    open.some(({ metric }) => metric === 'specificity') && open.some(({ metric }) => metric !== 'specificity')
  );
}

function isGated(metric: string): metric is GateTrial['metric'] {
  return metrics.includes(metric);
}

function closedValue({ metric, wanted, outcomes }: QueryRecord, unedited: string): number {
  const known = outcomes[unedited]?.value;
  if (known !== null && known !== undefined) return known;
  if (metric === 'specificity') return 1;
  const before = Object.values(outcomes)[0]!.before.trim();
  return before !== '' && wanted.some((object) => object.trim().startsWith(before)) ? 1 : 0;
}
