import { convertCheckpoint, modelDtypes, type Conversion } from '@sakejs/checkpoints';
import { createProgress, formatDuration } from '@sakejs/terminal';
import { z } from 'zod';
import { note, print, type CommandContext } from './command-context.js';
import { parseOptions, replaceOption } from './options.js';

const schema = z.strictObject({
  ...replaceOption,
  out: z.string().min(1, 'expected a folder'),
  dtype: z.enum(modelDtypes, `expected one of ${modelDtypes.join(', ')}`),
  quantizeHead: z.boolean().default(false),
  json: z.boolean().default(false),
});

/** `sake convert`: a checkpoint becomes a model folder, whole or not at all. */
export async function convertCommand(
  checkpoint: string,
  raw: unknown,
  context: CommandContext,
): Promise<void> {
  const { out, dtype, quantizeHead, replace, json } = parseOptions(schema, raw, 'convert');
  const progress = createProgress(`${dtype} of ${checkpoint}`, { stream: context.streams.stderr });
  const started = performance.now();
  let conversion: Conversion;
  try {
    conversion = await convertCheckpoint(checkpoint, out, {
      dtype,
      quantizeHead,
      replace,
      signal: context.signal,
      // In millions of values: what stands before the bar stays short.
      onProgress: ({ done, total, tensor }) => progress.update(millions(done), millions(total), tensor),
    });
  } finally {
    progress.end();
  }
  const seconds = (performance.now() - started) / 1000;
  if (conversion.missing.length > 0)
    note(
      context,
      `note: ${checkpoint} has no ${conversion.missing.join(' and no ')}; the model reads token ids, not text`,
    );
  const { family, parameters, weightBytes } = conversion;
  print(
    context,
    json,
    { ...conversion, seconds },
    `${out}: ${family}, ${millions(parameters)} M parameters, ${(weightBytes / 1e6).toFixed(1)} MB of weights in ${dtype}, ${formatDuration(seconds)}`,
  );
}

function millions(values: number): number {
  return Math.ceil(values / 1e6);
}
