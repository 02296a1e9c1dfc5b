import { createEditLibrary, createSteeredLM, type SteeredLM } from '@sakejs/editor';
import { withheldPrompts, type CounterFactRecord } from '@sakejs/evaluation';
import type { CausalLM, EditRequest, PromptGenerator } from '@sakejs/spec';
import { createMethod } from 'sakejs';
import { shownPrompts, type ShownPrompt } from './shown-prompts.js';

/** A prompt with what the model said before the edit and after it. */
export interface ShownAnswer extends ShownPrompt {
  readonly before: string;
  readonly after: string;
  /** Whether the answer after the edit is the one to wish for: the new object, for neighbours the old answer. */
  readonly asWished: boolean;
}

/** One edit, before and after, and its undoing. */
export interface ShownEdit {
  readonly request: EditRequest;
  readonly edit: string;
  readonly secondsToLearn: number;
  readonly answers: readonly ShownAnswer[];
  /** Whether, with the edit removed, every prompt's logits are bitwise those of before. */
  readonly undone: boolean;
}

export interface ShowEditOptions {
  readonly lm: CausalLM;
  readonly record: CounterFactRecord;
  readonly prompts: PromptGenerator;
  readonly count: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Learns the record's edit, its test prompts withheld, asks before and after, and removes it again. */
export async function showEdit(options: ShowEditOptions): Promise<ShownEdit> {
  const { lm, record, prompts, count, seed, signal } = options;
  const { request } = record;
  const asked = shownPrompts(record);
  const library = createEditLibrary();
  const steered = createSteeredLM(lm, library);
  const texts = asked.map(({ prompt }) => prompt);
  const logits = async (): Promise<Float32Array[]> =>
    (await steered.respond(texts, { signal })).map((response) => response.logits);

  const before = await sayAll(steered, texts, signal);
  const logitsBefore = await logits();
  const started = performance.now();
  const distribution = await prompts.generate(request, {
    count,
    seed,
    withhold: withheldPrompts(record),
    signal,
  });
  const edit = await createMethod('sake', lm.info).learn(request, {
    lm,
    prompts: distribution,
    seed,
    signal,
  });
  const secondsToLearn = (performance.now() - started) / 1000;
  await library.add(edit);
  const after = await sayAll(steered, texts, signal);
  await library.remove(edit.id);
  const logitsAfter = await logits();

  return {
    request,
    edit: edit.id,
    secondsToLearn,
    answers: asked.map(({ kind, prompt }, i) => ({
      kind,
      prompt,
      before: before[i]!,
      after: after[i]!,
      asWished: kind === 'neighbour' ? after[i] === before[i] : after[i]!.startsWith(request.targetNew),
    })),
    undone: logitsBefore.every((values, i) => isSameBits(values, logitsAfter[i]!)),
  };
}

/** Greedy continuations up to the first full stop or line end. */
async function sayAll(steered: SteeredLM, texts: readonly string[], signal: AbortSignal): Promise<string[]> {
  const said: string[] = [];
  for (const text of texts) {
    let continuation = '';
    for await (const token of steered.generate(text, { maxTokens: 12, stop: ['.', '\n'], signal }))
      continuation += token.text;
    said.push(continuation.trim());
  }
  return said;
}

function isSameBits(a: Float32Array, b: Float32Array): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
    Buffer.from(buffer, byteOffset, byteLength);
  return bytes(a).equals(bytes(b));
}
