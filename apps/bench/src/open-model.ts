import type { CausalLM } from '@sakejs/spec';
import { reportDownload, type PlannedDownload, type Streams } from '@sakejs/terminal';
import { loadModel } from 'sakejs';

export interface OpenModelOptions {
  readonly threads: number;
  readonly streams: Streams;
  readonly signal: AbortSignal;
  /** Told what a hub model takes before any of it is downloaded. */
  readonly onPlan?: (plan: PlannedDownload) => void;
}

/** Loads the model of a command; a download is announced with its size, and ends with Ctrl-C. */
export async function openModel(
  model: string,
  { threads, streams, signal, onPlan }: OpenModelOptions,
): Promise<CausalLM> {
  const report = reportDownload(streams, (text) => streams.stderr.write(`${text}\n`));
  try {
    return await loadModel(model, {
      threads,
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
