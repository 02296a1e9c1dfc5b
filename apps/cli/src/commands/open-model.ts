import type { CausalLM } from '@sakejs/spec';
import { reportDownload } from '@sakejs/terminal';
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

/** Loads the model that the flags name; a download is announced with its size, and ends with Ctrl-C. */
export function openModel(flags: ModelFlags, context: CommandContext): Promise<CausalLM> {
  return withDownload(context, (hub) => loadModel(flags.model, { ...graphOf(flags), hub }));
}

/** Loads the model that answers some edits, where the flags name one: by a graph of its own, on the edited model's device. */
export async function openCounterfactual(
  { counterfactual, ...flags }: GraphFlags & { readonly counterfactual?: string | undefined },
  context: CommandContext,
): Promise<CausalLM | undefined> {
  const { threads, device } = flags;
  return counterfactual === undefined
    ? undefined
    : withDownload(context, (hub) => loadModel(counterfactual, { ...graphOf({ threads, device }), hub }));
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
  const { onPlan, onProgress, end } = reportDownload(context.streams, (text) => note(context, text));
  try {
    return await load({ signal: context.signal, onPlan, onProgress });
  } finally {
    end();
  }
}
