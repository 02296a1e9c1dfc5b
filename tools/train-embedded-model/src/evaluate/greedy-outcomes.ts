import { selectRows, type CausalLM, type Matrix } from '@sakejs/spec';

/** A prompt and the text that should follow it after a space. */
export interface ExpectedAnswer {
  readonly prompt: string;
  readonly object: string;
}

/** What greedy decoding gave for one prompt. */
export interface GreedyOutcome {
  /** The greedy next token. */
  readonly token: number;
  /** It is the object's first. */
  readonly firstToken: boolean;
  /** Greedy decoding writes the whole object. */
  readonly wholeObject: boolean;
}

/** Prompts whose states are read at once: enough of each length that batches hold next to no padding. */
const CHUNK = 4096;
/** States whose logits are held at once. */
const PROJECTED = 512;

/**
 * Whether greedy decoding after each prompt gives its object: the first token, and all of them.
 *
 * One pass a prompt: it reads the prompt with the object behind it, and each position of the object shows what greedy
 * decoding would have written there had it been right so far. Memory is bounded by the chunk, whatever the number of
 * prompts.
 */
export async function* greedyOutcomes<Asked extends ExpectedAnswer>(
  lm: CausalLM,
  asked: Iterable<Asked>,
): AsyncGenerator<readonly [Asked, GreedyOutcome], void, undefined> {
  const answers = new Map<string, number[]>();
  const answerTokens = (object: string): number[] => {
    const tokens = answers.get(object) ?? lm.encode(` ${object}`);
    answers.set(object, tokens);
    return tokens;
  };
  for (const chunk of chunks(asked, CHUNK)) {
    const sequences: number[][] = [];
    const positions: number[] = [];
    for (const { prompt, object } of chunk) {
      const front = lm.encode(prompt);
      const answer = answerTokens(object);
      const sequence = [...front, ...answer.slice(0, -1)];
      answer.forEach((_, i) => {
        sequences.push(sequence);
        positions.push(front.length - 1 + i);
      });
    }
    const greedy = await greedyTokens(lm, await lm.capture(sequences, { positions }));
    let at = 0;
    for (const each of chunk) {
      const answer = answerTokens(each.object);
      const written = greedy.slice(at, (at += answer.length));
      yield [
        each,
        {
          token: written[0]!,
          firstToken: written[0] === answer[0],
          wholeObject: answer.every((token, i) => written[i] === token),
        },
      ];
    }
  }
}

function* chunks<T>(values: Iterable<T>, size: number): Generator<T[], void, undefined> {
  let chunk: T[] = [];
  for (const value of values) {
    chunk.push(value);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** The greatest logit's token after each state, the lowest on ties. */
async function greedyTokens(lm: CausalLM, states: Matrix): Promise<number[]> {
  const tokens: number[] = [];
  while (tokens.length < states.rows) {
    const count = Math.min(PROJECTED, states.rows - tokens.length);
    const rows = Array.from({ length: count }, (_, i) => tokens.length + i);
    const { cols, data } = await lm.project(selectRows(states, rows));
    for (let r = 0; r < count; r++) {
      let best = r * cols;
      for (let i = best + 1; i < (r + 1) * cols; i++) if (data[i]! > data[best]!) best = i;
      tokens.push(best - r * cols);
    }
  }
  return tokens;
}
