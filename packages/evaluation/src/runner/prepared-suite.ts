import type { CausalLM } from '@sakejs/spec';
import { rivalTokens } from '../protocols/answer.js';
import type { Query, Suite, SuiteCase } from '../suites/suite.js';

/** A case as the runner asks it. */
export interface PreparedCase {
  readonly index: number;
  readonly case: SuiteCase;
  /** Queries that fit into the model's positions, with their index in the case. */
  readonly queries: readonly PreparedQuery[];
  /** Queries that do not: left out of every mean and counted. */
  readonly tooLong: readonly Query[];
  /** Whether both objects begin with one token. */
  readonly sharesFirstToken: boolean;
}

export interface PreparedQuery {
  readonly index: number;
  readonly query: Query;
}

/** The cases of a suite, measured with the model's tokenizer. */
export function prepareCases(lm: CausalLM, { cases }: Suite): PreparedCase[] {
  const fits = (prompt: string): boolean => lm.encode(prompt).length <= lm.info.maxPositions;
  return cases.map((item, index) => {
    const queries = item.queries.map((query, at) => ({ index: at, query }));
    const fitting = queries.filter(
      ({ query }) => fits(query.prompt) && (query.condition === undefined || fits(query.condition.prompt)),
    );
    const { targetNew, targetTrue } = item.request;
    const tokens = rivalTokens(lm, { likelier: targetNew, lessLikely: targetTrue });
    return {
      index,
      case: item,
      queries: fitting,
      tooLong: queries.filter((query) => !fitting.includes(query)).map(({ query }) => query),
      sharesFirstToken: tokens.likelier === tokens.lessLikely,
    };
  });
}

/** What holds for a suite whichever method is scored on it. */
export function suiteWarnings(prepared: readonly PreparedCase[], info: CausalLM['info']): string[] {
  const warnings: string[] = [];
  const shared = prepared.filter(({ sharesFirstToken }) => sharesFirstToken);
  if (shared.length > 0)
    warnings.push(
      `${shared.length} of ${prepared.length} records have objects that share a first token: they are scored, but ` +
        `neither the first-token nor the probability scorer can tell the two apart (${idsOf(shared)})`,
    );
  const cut = prepared.filter(({ tooLong }) => tooLong.length > 0);
  if (cut.length > 0)
    warnings.push(
      `${cut.reduce((sum, { tooLong }) => sum + tooLong.length, 0)} queries are longer than the model's ` +
        `${info.maxPositions} positions and are left out (${idsOf(cut)})`,
    );
  return warnings;
}

function idsOf(prepared: readonly PreparedCase[]): string {
  return prepared.map(({ case: { id } }) => id).join(', ');
}
