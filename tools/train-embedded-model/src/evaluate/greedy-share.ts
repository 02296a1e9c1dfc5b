import type { CausalLM, Matrix } from '@sakejs/spec';

/** A prompt and the text that should follow it after a space. */
export interface ExpectedAnswer {
  readonly prompt: string;
  readonly object: string;
}

/** What greedy decoding gave for one prompt. */
export interface GreedyOutcome {
  /** The greedy next token is the object's first. */
  readonly firstToken: boolean;
  /** Greedy decoding writes the whole object. */
  readonly wholeObject: boolean;
}

const CHUNK = 1024;

/**
 * Whether greedy decoding after each prompt gives its object: the first token, and all of them.
 *
 * Whole objects are checked with the object's own tokens in front, which greedy decoding would have written up to
 * the first miss: the same outcome at the cost of one pass a token.
 */
export async function greedyOutcomes(
  lm: CausalLM,
  expected: readonly ExpectedAnswer[],
  onProgress?: (done: number, total: number) => void,
): Promise<GreedyOutcome[]> {
  const outcomes: GreedyOutcome[] = [];
  for (let at = 0; at < expected.length; at += CHUNK) {
    const chunk = expected.slice(at, at + CHUNK);
    const asked = chunk.flatMap(({ prompt, object }, index) => {
      const front = lm.encode(prompt);
      const answer = lm.encode(` ${object}`);
      return answer.map((token, i) => ({
        index,
        token,
        tokens: [...front, ...answer.slice(0, i)],
        first: i === 0,
      }));
    });
    const greedy = argmaxRows(await lm.project(await lm.capture(asked.map(({ tokens }) => tokens))));
    const right = chunk.map(() => ({ firstToken: true, wholeObject: true }));
    asked.forEach(({ index, token, first }, i) => {
      if (greedy[i] === token) return;
      right[index]!.wholeObject = false;
      if (first) right[index]!.firstToken = false;
    });
    outcomes.push(...right);
    onProgress?.(outcomes.length, expected.length);
  }
  return outcomes;
}

/** Column of each row's greatest value, the lowest on ties. */
function argmaxRows({ rows, cols, data }: Matrix): number[] {
  return Array.from({ length: rows }, (_, r) => {
    let best = r * cols;
    for (let i = best + 1; i < (r + 1) * cols; i++) if (data[i]! > data[best]!) best = i;
    return best - r * cols;
  });
}

/** Share of outcomes for which `holds`; null for none. */
export function shareOf(outcomes: readonly GreedyOutcome[], holds: keyof GreedyOutcome): number | null {
  return outcomes.length === 0 ? null : outcomes.filter((outcome) => outcome[holds]).length / outcomes.length;
}
