import type { EditRequest } from '@sakejs/spec';
import type { Instruction } from './instructions/instruction.js';
import { addReasked, type CallFailure, type PromptWriter, type Reasked } from './prompt-writer.js';
import { addUsage, noUsage, type TokenUsage } from './token-usage.js';

/** What passed the gates of a kind, and how many entries did not, by reason. */
export interface ScreenedKind<Kept> {
  readonly kept: readonly Kept[];
  readonly dropped: Readonly<Record<string, number>>;
}

export interface CollectKindInput<Item, Kept> {
  readonly writer: PromptWriter;
  readonly instruction: Instruction<Item>;
  readonly request: EditRequest;
  readonly seed: number;
  /** Entries to keep. */
  readonly wanted: number;
  /** Entries asked for in one reply. */
  readonly size: number;
  readonly maxCalls: number;
  /** Manner of each reply, in turn. */
  readonly styles?: readonly string[];
  /** Which of further entries may stay beside those that were kept, `room` at most. */
  readonly screen: (
    items: readonly Item[],
    kept: readonly Kept[],
    room: number,
  ) => ScreenedKind<Kept> | Promise<ScreenedKind<Kept>>;
  readonly signal: AbortSignal | undefined;
}

/** The entries of one kind, and what they took. */
export interface CollectedKind<Kept> extends ScreenedKind<Kept> {
  /** Replies asked for. */
  readonly replies: number;
  readonly usage: TokenUsage;
  readonly reasked: Reasked;
  readonly failures: readonly CallFailure[];
}

/** Replies in a row that bring nothing new before a model counts as having no more. */
const patience = 2;

/**
 * Asks until enough entries passed, `maxCalls` replies were asked for, or two replies in a row brought nothing.
 *
 * As many replies are asked for at once as are needed if every entry passes, and no more than that. Entries are taken
 * in the order of replies, so that the first n are the same whatever is wanted beyond.
 */
export async function collectKind<Item, Kept>(
  input: CollectKindInput<Item, Kept>,
): Promise<CollectedKind<Kept>> {
  const { writer, instruction, request, seed, wanted, size, maxCalls, styles, screen, signal } = input;
  const kept: Kept[] = [];
  const dropped: Record<string, number> = {};
  const failures: CallFailure[] = [];
  let usage: TokenUsage = noUsage;
  let reasked: Reasked = {};
  let replies = 0;
  let fruitless = 0;
  let rejected = false;
  const goesOn = (): boolean => kept.length < wanted && fruitless < patience;
  while (goesOn() && replies < maxCalls && !rejected) {
    const needed = Math.ceil((wanted - kept.length) / size);
    const batches = Array.from(
      { length: Math.min(needed, maxCalls - replies) },
      (_, index) => replies + index,
    );
    const round = await Promise.all(
      batches.map((batch) => {
        const style = styles?.[batch % styles.length];
        const job = { instruction, request, size, batch, seed, ...(style === undefined ? {} : { style }) };
        return writer.write(job, signal);
      }),
    );
    replies += round.length;
    for (const reply of round) {
      usage = addUsage(usage, reply.usage);
      reasked = addReasked(reasked, reply.reasked);
      if (reply.failure !== undefined) failures.push(reply.failure);
      rejected ||= reply.failure?.reason === 'rejected';
      if (!goesOn()) continue;
      const screened = await screen(reply.items, kept, wanted - kept.length);
      kept.push(...screened.kept);
      for (const [reason, times] of Object.entries(screened.dropped))
        dropped[reason] = (dropped[reason] ?? 0) + times;
      fruitless = screened.kept.length > 0 ? 0 : fruitless + 1;
    }
  }
  return { kept, dropped, replies, usage, reasked, failures };
}
