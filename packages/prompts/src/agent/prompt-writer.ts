import type { EditRequest } from '@sakejs/spec';
import type { CallFailureReason } from './call-error.js';
import type { Instruction, InstructionKind } from './instructions/instruction.js';
import type { TokenUsage } from './token-usage.js';

/** One reply wanted of a model. */
export interface WriteJob<Item> {
  readonly instruction: Instruction<Item>;
  readonly request: EditRequest;
  /** Entries asked for. */
  readonly size: number;
  /** Number of the reply among those of its kind, from 0. */
  readonly batch: number;
  readonly seed: number;
  readonly style?: string;
}

/** A reply that did not come, after every retry. */
export interface CallFailure {
  readonly kind: InstructionKind;
  readonly batch: number;
  readonly reason: CallFailureReason;
  /** Without secrets. */
  readonly message: string;
  readonly status?: number;
}

/** How often replies were asked for again, by the reason. */
export type Reasked = Readonly<Partial<Record<CallFailureReason, number>>>;

/** A reply's entries, none when it failed, and what it took when it was made. */
export interface Written<Item> {
  readonly items: readonly Item[];
  readonly usage: TokenUsage;
  readonly reasked: Reasked;
  readonly failure?: CallFailure;
}

/** Writes entries: a chat model behind an API, or a causal language model at hand. */
export interface PromptWriter {
  /** @throws {SakeError} `aborted` when the signal fires; failures of the model are in the result. */
  write<Item>(job: WriteJob<Item>, signal: AbortSignal | undefined): Promise<Written<Item>>;
}

/** Two counts of asking again, added. */
export function addReasked(a: Reasked, b: Reasked): Reasked {
  const sum = { ...a };
  for (const [reason, times] of Object.entries(b) as [CallFailureReason, number][])
    sum[reason] = (sum[reason] ?? 0) + times;
  return sum;
}
