import type { SuiteResult } from '@sakejs/evaluation';
import { canDrawTradeoff, tradeoffCurve, type TradeoffSeries } from '@sakejs/report';

/** A curve of every method whose queries were judged with the gate open as well; of several tables, named by table too. */
export function tradeoffPart(results: readonly SuiteResult[]): TradeoffSeries[] {
  const drawn = results.flatMap(({ suite, protocol, rows, queries = [] }) =>
    rows
      .filter(({ method }) => canDrawTradeoff(queries, method))
      .map(({ method }) => ({ table: `${suite}, ${protocol}`, curve: tradeoffCurve(queries, method) })),
  );
  const several = new Set(drawn.map(({ table }) => table)).size > 1;
  return drawn.map(({ table, curve }) =>
    several ? { ...curve, method: `${curve.method} (${table})` } : curve,
  );
}
