import { SakeError, throwIfAborted, type CausalLM } from '@sakejs/spec';
import type { WriteJob } from '../agent/prompt-writer.js';

/** How a continuation is sampled. */
export interface LineSampling {
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly seed: number;
}

/** Entries continued by a model, and the tokens that it read and wrote. */
export interface CompletedLines<Item> {
  readonly items: readonly Item[];
  readonly promptTokens: number;
  readonly completionTokens: number;
}

const bullet = '- ';

/**
 * An instruction as text to continue: the task with entries for other facts, then the task itself and a bullet.
 *
 * As many examples as leave room for `maxTokens` within the model's positions, one at least.
 *
 * @throws {SakeError} `unsupported` when not even one fits.
 */
export function completionPrompt<Item>(lm: CausalLM, job: WriteJob<Item>, maxTokens: number): number[] {
  const { instruction, request, size, style } = job;
  const ask = { size, ...(style === undefined ? {} : { style }) };
  const open = `${instruction.task(request, ask)}\n\nEntries:\n-`;
  // A model's own subject is no example for it.
  const examples = instruction.examples
    .filter((example) => example.request.subject !== request.subject)
    .map(({ request: of, items }) => {
      const lines = items.map((item) => bullet + instruction.toLine(item));
      return `${instruction.task(of, { size: items.length })}\n\nEntries:\n${lines.join('\n')}\n\n\n`;
    });
  const room = lm.info.maxPositions - maxTokens;
  for (let shown = examples.length; shown > 0; shown--) {
    const tokens = lm.encode(examples.slice(-shown).join('') + open);
    if (tokens.length <= room) return tokens;
  }
  const needed = lm.encode(examples.at(-1)! + open).length + maxTokens;
  throw new SakeError(
    'unsupported',
    `generate: expected a model with ${needed} positions for ${instruction.kind}, got ${lm.info.maxPositions} of ${lm.info.id}; ` +
      `lower maxTokens or perReply, leave the kind out of wanted, or take a model with a longer context`,
    { details: { needed, maxPositions: lm.info.maxPositions, kind: instruction.kind } },
  );
}

/** Lets the model go on with the list, until a blank line, and reads its whole lines. */
export async function completeLines<Item>(
  lm: CausalLM,
  job: WriteJob<Item>,
  { maxTokens, ...sampling }: LineSampling,
  signal: AbortSignal | undefined,
): Promise<CompletedLines<Item>> {
  const prompt = completionPrompt(lm, job, maxTokens);
  let text = '';
  let completionTokens = 0;
  const options = { ...sampling, maxTokens, stop: ['\n\n'], ...(signal === undefined ? {} : { signal }) };
  for await (const token of lm.generate(prompt, options)) {
    text += token.text;
    completionTokens++;
  }
  throwIfAborted(signal, 'generate');
  // The last line is whole only if the model ended it.
  const lines = text.split('\n');
  if (completionTokens >= maxTokens) lines.pop();
  const entries = lines.map((line, index) =>
    (index === 0 ? line : line.replace(/^\s*(?:[-*•]|\d+[.)])\s*/, '')).trim(),
  );
  const isEntry = (line: string, index: number): boolean =>
    index === 0 || /^\s*(?:[-*•]|\d+[.)])\s/.test(line);
  const items = entries.flatMap((entry, index) => {
    const item = isEntry(lines[index]!, index) ? job.instruction.fromLine(entry) : undefined;
    return item === undefined ? [] : [item];
  });
  return { items: items.slice(0, job.size), promptTokens: prompt.length, completionTokens };
}
