import type { CausalLM } from '@sakejs/spec';
import { reportDownload, type PlannedDownload, type Streams } from '@sakejs/terminal';
import { loadModel } from 'sakejs';
import type { GraphFlags } from './model-flags.js';

export interface OpenModelOptions {
  readonly threads: number;
  /** Which graph of the model, and on what. Default: as `loadModel` has it. */
  readonly graph?: GraphFlags;
  readonly streams: Streams;
  readonly signal: AbortSignal;
  /** Told what a hub model takes before any of it is downloaded. */
  readonly onPlan?: (plan: PlannedDownload) => void;
}

/** Loads the model of a command; a download is announced with its size, and ends with Ctrl-C. */
export async function openModel(
  model: string,
  { threads, graph, streams, signal, onPlan }: OpenModelOptions,
): Promise<CausalLM> {
  const report = reportDownload(streams, (text) => streams.stderr.write(`${text}\n`));
  try {
    return await loadModel(model, {
      threads,
      ...graph,
      hub: {
        signal,
        onPlan: (plan) => {
          onPlan?.(plan);
          report.onPlan(plan);
        },
        onProgress: report.onProgress,
      },
    });
  } finally {
    report.end();
  }
}
