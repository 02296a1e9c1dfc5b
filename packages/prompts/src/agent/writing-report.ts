import type { CollectedKind } from './collect-kind.js';
import type { InstructionKind } from './instructions/instruction.js';
import { addReasked, type Reasked } from './prompt-writer.js';
import { addUsage, costOf, noUsage, type TokenPrices } from './token-usage.js';
import type { KindReport, WritingReport } from './written-distribution.js';

/** The report on all kinds, those left out aside. */
export function createWritingReport(
  kinds: Readonly<Record<InstructionKind, readonly [wanted: number, collected: CollectedKind<unknown>]>>,
  prices: TokenPrices | undefined,
): WritingReport {
  const reports: Partial<Record<InstructionKind, KindReport>> = {};
  const missing: Partial<Record<InstructionKind, number>> = {};
  let usage = noUsage;
  let reasked: Reasked = {};
  for (const [kind, [wanted, { kept, replies, dropped, ...took }]] of Object.entries(kinds) as [
    InstructionKind,
    readonly [number, CollectedKind<unknown>],
  ][]) {
    if (wanted === 0) continue;
    reports[kind] = { wanted, made: kept.length, replies, dropped };
    if (kept.length < wanted) missing[kind] = wanted - kept.length;
    usage = addUsage(usage, took.usage);
    reasked = addReasked(reasked, took.reasked);
  }
  return {
    kinds: reports,
    missing,
    failures: Object.values(kinds).flatMap(([, { failures }]) => failures),
    reasked,
    usage,
    ...(prices === undefined ? {} : { cost: costOf(usage, prices) }),
  };
}

/** Drops over all kinds, by reason. */
export function allDropped({ kinds }: WritingReport): Record<string, number> {
  const total: Record<string, number> = {};
  for (const { dropped } of Object.values(kinds))
    for (const [reason, times] of Object.entries(dropped)) total[reason] = (total[reason] ?? 0) + times;
  return total;
}
