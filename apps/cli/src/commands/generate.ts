import { createSteeredLM } from '@sakejs/editor';
import { SakeError } from '@sakejs/spec';
import { loadModel, openLibrary } from 'sakejs';
import { z } from 'zod';
import { libraryOptions, modelOptions, parseOptions } from './parse-options.js';

const schema = z.strictObject({
  ...libraryOptions,
  ...modelOptions,
  plain: z.boolean().default(false),
  maxTokens: z.int('expected a whole number').min(1, 'expected at least 1'),
  temperature: z.number('expected a number').min(0, 'expected 0 or more'),
  seed: z.int('expected a whole number'),
  everyStep: z.boolean().default(false),
});

/** `sake generate`: continues a text, streaming, with all live edits. */
export async function generateCommand(text: string, raw: unknown, signal: AbortSignal): Promise<void> {
  const options = parseOptions(schema, raw, 'generate');
  if (text.trim() === '')
    throw new SakeError('invalid-input', 'sake generate: expected a text to continue, got an empty one');
  const edits = options.plain ? [] : (await openLibrary(options.library, { modules: options.with })).list();
  await using lm = await loadModel(options.model, { threads: options.threads });
  const fired = new Map<number, { edit: string; distance: number; threshold: number }>();
  const steered = createSteeredLM(lm, edits, {
    apply: options.everyStep ? 'every-step' : 'prompt',
    onSelect: ({ step, selection: { edit, distance, threshold } }) =>
      fired.set(step, { edit: edit.id, distance, threshold }),
  });
  const { maxTokens, temperature, seed, json } = options;
  let continuation = '';
  if (!json) process.stdout.write(text);
  for await (const token of steered.generate(text, { maxTokens, temperature, seed, signal })) {
    continuation += token.text;
    if (!json) process.stdout.write(token.text);
  }
  if (!json) process.stdout.write('\n');
  else
    process.stdout.write(
      `${JSON.stringify(
        {
          prompt: text,
          continuation,
          liveEdits: edits.length,
          fired: [...fired].map(([step, event]) => ({ step, ...event })),
          model: lm.info,
          seed,
          temperature,
        },
        null,
        2,
      )}\n`,
    );
}
