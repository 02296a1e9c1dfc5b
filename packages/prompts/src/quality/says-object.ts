import { SakeError, throwIfAborted, type CausalLM, type Matrix } from '@sakejs/spec';
import { foldText } from './folded-words.js';
import type { ModelGate } from './quality-gate.js';

export interface SaysNewObjectOptions {
  readonly lm: CausalLM;
  /** What the edit shall make the model say. */
  readonly targetNew: string;
  /** Other names of it that count too. */
  readonly aliases?: readonly string[];
}

/** Prompts that a model is asked about at a time: bounds the logits held, [prompts, vocabulary]. */
const BATCH = 32;

/**
 * Drops prompts that the unedited model completes with the new object already: they teach a map nothing.
 *
 * A prompt counts when the greedy next token is the first token of `' ' + name` for the new object or an alias and the
 * greedy continuation, as long as that name, begins with it, case and accents aside.
 */
export function saysNewObject({ lm, targetNew, aliases = [] }: SaysNewObjectOptions): ModelGate {
  const names = [targetNew, ...aliases].map((name) => ({
    folded: foldText(name.trim()),
    tokens: objectTokens(lm, name),
  }));
  return {
    name: 'says-new-object',
    async checkAll(candidates, _context, signal) {
      const tokens = await nextTokens(
        lm,
        candidates.map(({ text }) => text),
        signal,
      );
      const verdicts: boolean[] = [];
      for (const [index, { text }] of candidates.entries()) {
        const begun = names.filter((name) => name.tokens[0] === tokens[index]);
        verdicts.push(begun.length === 0 || !(await continuesWithOne(text, begun)));
        throwIfAborted(signal, 'saysNewObject');
      }
      return verdicts;

      async function continuesWithOne(text: string, begun: typeof names): Promise<boolean> {
        const maxTokens = Math.max(...begun.map((name) => name.tokens.length));
        let said = '';
        for await (const token of lm.generate(text, {
          maxTokens,
          ...(signal === undefined ? {} : { signal }),
        }))
          said += token.text;
        const folded = foldText(said).trimStart();
        return begun.some((name) => folded.startsWith(name.folded));
      }
    },
  };
}

/**
 * The most probable next token of every text; ties go to the lowest token id.
 *
 * One pass over the model and one projection for every {@link BATCH} texts.
 */
export async function nextTokens(
  lm: CausalLM,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<number[]> {
  const tokens: number[] = [];
  for (let from = 0; from < texts.length; from += BATCH) {
    throwIfAborted(signal, 'nextTokens');
    const batch = texts.slice(from, from + BATCH);
    const hidden = await lm.capture(batch, signal === undefined ? {} : { signal }); // [batch, d]
    tokens.push(...greedyRows(await lm.project(hidden)));
  }
  return tokens;
}

function greedyRows({ rows, cols, data }: Matrix): number[] {
  return Array.from({ length: rows }, (_, index) => {
    let best = 0;
    for (let token = 1; token < cols; token++)
      if (data[index * cols + token]! > data[index * cols + best]!) best = token;
    return best;
  });
}

/** Tokens of a name where it continues a text, without those that the model puts before every text. */
function objectTokens(lm: CausalLM, name: string): number[] {
  const opening = lm.encode('');
  const tokens = lm.encode(` ${name.trim()}`);
  const own = opening.every((token, index) => tokens[index] === token)
    ? tokens.slice(opening.length)
    : tokens;
  if (own.length === 0)
    throw new SakeError(
      'invalid-input',
      `saysNewObject: expected a name of at least one token, got ${JSON.stringify(name)}`,
    );
  return own;
}
