import { formatShare, type SuiteResult } from '@sakejs/evaluation';
import { canDrawTradeoff, tradeoffCurve, type TradeoffPoint, type TradeoffSeries } from '@sakejs/report';
import { formatTable } from '@sakejs/terminal';

/** A variant's metrics as the factor on its threshold grows, in one table of results. */
export interface ThresholdSweep extends TradeoffSeries {
  readonly suite: string;
  readonly protocol: string;
}

/** Factors on the threshold that the text table shows. */
const FACTORS = [0, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 2, 3] as const;

/** The curves of every variant whose queries were judged with the gate open as well. */
export function thresholdSweeps(results: readonly SuiteResult[]): ThresholdSweep[] {
  return results.flatMap(({ suite, protocol, rows, queries = [] }) =>
    rows
      .filter(({ method }) => canDrawTradeoff(queries, method))
      .map(({ method }) => ({ suite, protocol, ...tradeoffCurve(queries, method) })),
  );
}

/** A curve at some factors, in per cent, and the area under its curve of true against false positives. */
export function sweepTable({ suite, protocol, method, auc, points }: ThresholdSweep): string {
  const percent = (share: number | null): string => (share === null ? 'n = 0' : formatShare(share));
  const at = (factor: number): TradeoffPoint =>
    points.findLast(({ threshold }) => threshold <= factor) ?? points[0]!;
  return [
    `${method}, ${suite}, ${protocol} protocol: a factor on its threshold; area under the ROC curve ${auc.toFixed(3)}`,
    formatTable(
      ['factor', 'accuracy', 'generality', 'specificity', 'own let in', 'neighbours let in'],
      FACTORS.map((factor) => {
        const point = at(factor);
        return [
          String(factor),
          ...[point.accuracy, point.generality, point.specificity].map(percent),
          ...[point.truePositiveRate, point.falsePositiveRate].map(percent),
        ];
      }),
    ),
  ].join('\n');
}
