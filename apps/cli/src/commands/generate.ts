import { createSteeredLM } from '@sakejs/editor';
import { SakeError } from '@sakejs/spec';
import { loadModel } from 'sakejs';
import { z } from 'zod';
import { note, type CommandContext } from './command-context.js';
import { openReportingBroken, usableEdits } from './library.js';
import { libraryOptions, modelOptions, parseOptions, wholeNumber } from './options.js';

const schema = z.strictObject({
  ...libraryOptions,
  ...modelOptions,
  plain: z.boolean().default(false),
  maxTokens: wholeNumber(1),
  temperature: z.number('expected a number').min(0, 'expected 0 or more'),
  seed: wholeNumber(0),
  everyStep: z.boolean().default(false),
});

/** `sake generate`: continues a text, streaming, with all live edits. */
export async function generateCommand(text: string, raw: unknown, context: CommandContext): Promise<void> {
  const { stdout } = context.streams;
  const options = parseOptions(schema, raw, 'generate');
  if (text.trim() === '')
    throw new SakeError('invalid-input', 'sake generate: expected a text to continue, got an empty one');
  const library = options.plain ? undefined : await openReportingBroken(options, context);
  await using lm = await loadModel(options.model, { threads: options.threads });
  const { edits, leftOut } =
    library === undefined ? { edits: [], leftOut: [] } : usableEdits(library, lm.info, context);
  if (library !== undefined && edits.length === 0)
    note(context, `note: no edits of this model in ${options.library}; the model answers unedited`);

  const fired: { step: number; edit: string; distance: number; threshold: number }[] = [];
  const steered = createSteeredLM(lm, edits, {
    apply: options.everyStep ? 'every-step' : 'prompt',
    onSelect: ({ step, selection: { edit, distance, threshold } }) =>
      fired.push({ step, edit: edit.id, distance, threshold }),
  });
  const { maxTokens, temperature, seed, json } = options;
  let continuation = '';
  let started = false;
  try {
    for await (const token of steered.generate(text, {
      maxTokens,
      temperature,
      seed,
      signal: context.signal,
    })) {
      continuation += token.text;
      if (!json) stdout.write(started ? token.text : text + token.text);
      started = true;
    }
    if (!json && !started) stdout.write(text);
  } finally {
    if (!json && (started || continuation === '')) stdout.write('\n');
  }
  if (json)
    stdout.write(
      `${JSON.stringify(
        {
          prompt: text,
          continuation,
          liveEdits: edits.length,
          fired,
          leftOut,
          model: lm.info,
          seed,
          temperature,
        },
        null,
        2,
      )}\n`,
    );
}
