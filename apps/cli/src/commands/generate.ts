import { createSteeredLM, type SelectEvent } from '@sakejs/editor';
import {
  chatTokens,
  SakeError,
  type CausalLM,
  type ChatMessage,
  type GeneratedToken,
  type Prompt,
} from '@sakejs/spec';
import { z } from 'zod';
import { note, type CommandContext } from './command-context.js';
import { openReportingBroken, usableEdits } from './library.js';
import { openCounterfactual, openModel } from './open-model.js';
import { counterfactualOption, libraryOptions, modelOptions, parseOptions, wholeNumber } from './options.js';
import { readTexts } from './read-texts.js';

const schema = z
  .strictObject({
    ...libraryOptions,
    ...modelOptions,
    ...counterfactualOption,
    plain: z.boolean().default(false),
    prompts: z.string().min(1, 'expected a file').optional(),
    chat: z.boolean().default(false),
    system: z.string().min(1, 'expected a text').optional(),
    maxTokens: wholeNumber(1),
    temperature: z.number('expected a number').min(0, 'expected 0 or more'),
    topK: wholeNumber(1).optional(),
    topP: z
      .number('expected a number')
      .gt(0, 'expected more than 0, at most 1')
      .max(1, 'expected more than 0, at most 1')
      .optional(),
    stop: z.array(z.string().min(1, 'expected a text')).default([]),
    seed: wholeNumber(0),
    everyStep: z.boolean().default(false),
  })
  .refine(({ system, chat }) => system === undefined || chat, {
    path: ['system'],
    message: 'expected --chat beside it',
  });

type Options = z.infer<typeof schema>;

/** An edit that was applied, as JSON results list it. */
interface Fired {
  readonly step: number;
  readonly edit: string;
  readonly distance: number;
  readonly threshold: number;
  readonly position: number;
  /** The text that the model read instead, where the edit states its fact in front. */
  readonly read?: string;
}

/** `sake generate`: continues texts, streaming, with all live edits. */
export async function generateCommand(
  given: readonly string[],
  raw: unknown,
  context: CommandContext,
): Promise<void> {
  const options = parseOptions(schema, raw, 'generate');
  const texts = await textsOf(given, options);
  const library = options.plain ? undefined : await openReportingBroken(options, context);
  await using lm = await openModel(options, context);
  await using counterfactual = await openCounterfactual(options, context);
  const prompts = texts.map((text) => promptOf(lm, text, options));
  const { edits, leftOut } =
    library === undefined ? { edits: [], leftOut: [] } : usableEdits(library, lm.info, context);
  if (library !== undefined && edits.length === 0)
    note(context, `note: no edits of this model in ${options.library}; the model answers unedited`);

  const fired = texts.map((): Fired[] => []);
  const steered = createSteeredLM(lm, edits, {
    apply: options.everyStep ? 'every-step' : 'prompt',
    ...(counterfactual && { counterfactuals: [counterfactual] }),
    onSelect: (event) => fired[event.index]!.push(firedOf(lm, event)),
  });
  const { maxTokens, temperature, topK, topP, stop, seed, json, chat } = options;
  const sampling = {
    temperature,
    ...(topK !== undefined && { topK }),
    ...(topP !== undefined && { topP }),
    ...(stop.length > 0 && { stop }),
    seed,
  };
  const streams = steered.generateBatch(
    prompts.map((prompt) => ({ prompt, maxTokens, ...sampling })),
    { signal: context.signal },
  );
  const results: { prompt: string; continuation: string; fired: Fired[] }[] = [];
  for (const [index, text] of texts.entries()) {
    if (!json && index > 0) context.streams.stdout.write('\n');
    // In a conversation the answer stands alone.
    const opening = chat ? '' : text;
    const continuation = await tell(streams[index]!, json ? undefined : { opening, context });
    results.push({ prompt: text, continuation, fired: fired[index]! });
  }
  if (!json) return;
  const about = { liveEdits: edits.length, leftOut, model: lm.info, chat, ...sampling };
  const several = results.length > 1 || options.prompts !== undefined;
  const result = several ? { texts: results, ...about } : { ...results[0]!, ...about };
  context.streams.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}

async function textsOf(given: readonly string[], { prompts }: Options): Promise<readonly string[]> {
  if (given.length > 0 && prompts !== undefined)
    throw new SakeError(
      'invalid-option',
      'sake generate: expected texts or --prompts FILE, got both; leave one out',
    );
  const texts = prompts === undefined ? given : await readTexts(prompts);
  if (texts.length === 0)
    throw new SakeError(
      'invalid-option',
      "sake generate: missing required argument 'text', or --prompts FILE; see sake generate --help",
    );
  if (texts.some((text) => text.trim() === ''))
    throw new SakeError('invalid-input', 'sake generate: expected a text to continue, got an empty one');
  return texts;
}

function promptOf(lm: CausalLM, text: string, { chat, system }: Options): Prompt {
  if (!chat) return text;
  const before: ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }];
  return chatTokens(lm, [...before, { role: 'user', content: text }]);
}

function firedOf(lm: CausalLM, { step, position, rewritten, selection }: SelectEvent): Fired {
  const { edit, distance, threshold } = selection;
  const read = typeof rewritten === 'object' ? lm.decode(rewritten) : rewritten;
  return { step, edit: edit.id, distance, threshold, position, ...(read !== undefined && { read }) };
}

/** Reads a stream to its end, writing what comes as it comes; a line that was begun is ended, also by Ctrl-C. */
async function tell(
  stream: AsyncIterable<GeneratedToken>,
  to: { readonly opening: string; readonly context: CommandContext } | undefined,
): Promise<string> {
  const write = (text: string): void => void to?.context.streams.stdout.write(text);
  let continuation = '';
  let begun = false;
  try {
    for await (const { text } of stream) {
      continuation += text;
      write(begun ? text : (to?.opening ?? '') + text);
      begun = true;
    }
    if (!begun) write(to?.opening ?? '');
    begun = true;
  } finally {
    if (begun) write('\n');
  }
  return continuation;
}
