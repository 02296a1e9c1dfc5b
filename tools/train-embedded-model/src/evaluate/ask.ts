import type { CausalLM } from '@sakejs/spec';
import { greedyOutcomes, type ExpectedAnswer, type GreedyOutcome } from './greedy-outcomes.js';
import { createTally, type Share } from './share.js';

export type OnProgress = (stage: string, done: number, total: number) => void;

/** Asks a model and counts what it says. */
export interface Asker {
  /** Hands every outcome to `visit`, in order. `total` is for progress: the number of prompts in a stream. */
  each<Asked extends ExpectedAnswer>(
    stage: string,
    asked: Iterable<Asked>,
    total: number,
    visit: (asked: Asked, outcome: GreedyOutcome) => void,
  ): Promise<void>;
  /** Share of the prompts whose greedy next token is their object's first. */
  share(stage: string, asked: readonly ExpectedAnswer[]): Promise<Share>;
}

const REPORT_EVERY = 1024;

/** An asker of one model. What `onProgress` throws ends the asking. */
export function createAsker(lm: CausalLM, onProgress?: OnProgress): Asker {
  const each: Asker['each'] = async (stage, asked, total, visit) => {
    let done = 0;
    onProgress?.(stage, 0, total);
    for await (const [one, outcome] of greedyOutcomes(lm, asked)) {
      visit(one, outcome);
      if (++done % REPORT_EVERY === 0 || done === total) onProgress?.(stage, done, total);
    }
  };
  return {
    each,
    async share(stage, asked) {
      const tally = createTally();
      await each(stage, asked, asked.length, (_, { firstToken }) => tally.add(firstToken));
      return { share: tally.share, n: tally.n };
    },
  };
}
