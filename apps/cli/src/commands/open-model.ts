import type { CausalLM } from '@sakejs/spec';
import { createProgress } from '@sakejs/terminal';
import {
  inspectModel,
  loadModel,
  type Device,
  type GraphDtype,
  type HubOptions,
  type ModelInspection,
} from 'sakejs';
import { note, type CommandContext } from './command-context.js';

/** Which graph of a model runs, and on what. */
export interface GraphFlags {
  readonly dtype?: GraphDtype | undefined;
  readonly file?: string | undefined;
  readonly hiddenTensor?: string | undefined;
  readonly device?: Device | undefined;
  readonly threads: number;
}

export interface ModelFlags extends GraphFlags {
  readonly model: string;
}

const MEBIBYTE = 2 ** 20;

/** Loads the model that the flags name; a download is announced with its size, and ends with Ctrl-C. */
export function openModel(flags: ModelFlags, context: CommandContext): Promise<CausalLM> {
  return withDownload(context, (hub) => loadModel(flags.model, { ...graphOf(flags), hub }));
}

/** Inspects the model that the flags name. */
export function lookInto(flags: ModelFlags, context: CommandContext): Promise<ModelInspection> {
  return withDownload(context, (hub) => inspectModel(flags.model, { ...graphOf(flags), hub }));
}

function graphOf({ dtype, file, hiddenTensor, device, threads }: GraphFlags) {
  return {
    threads,
    ...(dtype !== undefined && { dtype }),
    ...(file !== undefined && { file }),
    ...(hiddenTensor !== undefined && { hiddenTensor }),
    ...(device !== undefined && { device }),
  };
}

/** Does what may download: its size is announced, it shows how far it is, and ends with Ctrl-C. */
export async function withDownload<T>(
  context: CommandContext,
  load: (hub: HubOptions) => Promise<T>,
): Promise<T> {
  const progress = createProgress('download', { stream: context.streams.stderr });
  try {
    return await load({
      signal: context.signal,
      onPlan: ({ missingBytes, files }) => {
        if (missingBytes > 0)
          note(
            context,
            `downloading ${(missingBytes / MEBIBYTE).toFixed(1)} MiB of ${files.length} files into the Hugging Face cache`,
          );
      },
      onProgress: ({ bytes, totalBytes, path }) => progress.update(bytes, totalBytes, path),
    });
  } finally {
    progress.end();
  }
}
