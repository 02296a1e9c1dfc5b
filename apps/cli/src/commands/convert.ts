import { convertCheckpoint, modelDtypes, type Conversion } from '@sakejs/checkpoints';
import { isHubId, resolveModel } from '@sakejs/hub';
import { createProgress, formatDuration } from '@sakejs/terminal';
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { note, print, type CommandContext } from './command-context.js';
import { withDownload } from './open-model.js';
import { parseOptions, replaceOption } from './options.js';

const schema = z.strictObject({
  ...replaceOption,
  out: z.string().min(1, 'expected a folder'),
  dtype: z.enum(modelDtypes, `expected one of ${modelDtypes.join(', ')}`),
  quantizeHead: z.boolean().default(false),
  json: z.boolean().default(false),
});

/** A checkpoint on this machine. */
interface LocalCheckpoint {
  readonly folder: string;
  /** As it was given, or `owner/name@commit`. */
  readonly name: string;
}

/**
 * `sake convert`: a checkpoint becomes a model folder, whole or not at all.
 *
 * What exists on this machine goes before a hub id of the same spelling.
 */
export async function convertCommand(given: string, raw: unknown, context: CommandContext): Promise<void> {
  const { out, dtype, quantizeHead, replace, json } = parseOptions(schema, raw, 'convert');
  const { folder, name: checkpoint } = await locateCheckpoint(given, context);
  const progress = createProgress(`${dtype} of ${checkpoint}`, { stream: context.streams.stderr });
  const started = performance.now();
  let conversion: Conversion;
  try {
    conversion = await convertCheckpoint(folder, out, {
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
    { checkpoint, ...conversion, seconds },
    `${out}: ${family}, ${millions(parameters)} M parameters, ${(weightBytes / 1e6).toFixed(1)} MB of weights in ${dtype}, ${formatDuration(seconds)}`,
  );
}

/** A folder, or a checkpoint of the hub, downloaded as far as the cache lacks it. */
async function locateCheckpoint(given: string, context: CommandContext): Promise<LocalCheckpoint> {
  if (!isHubId(given) || existsSync(given)) return { folder: given, name: given };
  return withDownload(context, async (hub) => {
    const { folder, id, commit } = await resolveModel(given, { ...hub, format: 'checkpoint' });
    return { folder, name: `${id}@${commit}` };
  });
}

function millions(values: number): number {
  return Math.ceil(values / 1e6);
}
