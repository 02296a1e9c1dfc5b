import { runSuite, type RunProgress, type SuiteResult } from '@sakejs/evaluation';
import type { CausalLM } from '@sakejs/spec';
import { createProgress, type Streams } from '@sakejs/terminal';
import { loadPromptSource } from 'sakejs';
import type { GraphFlags } from '../model-flags.js';
import type { RunStores } from './run-stores.js';
import { methodsOf, protocolsOf, suiteOf, type SuiteJob } from './suite-job.js';
import { shareWork } from './worker-pool.js';

export interface RunJobOptions {
  readonly lm: CausalLM;
  /** The model of `counterfactualOf`, where the job's methods want one. */
  readonly counterfactual?: CausalLM | undefined;
  /** The name under which workers open the model, too. */
  readonly model: string;
  /** Which graph of it they open, and on what. */
  readonly graph: GraphFlags;
  readonly stores: RunStores;
  /** Processes that share the work. 1: none but this one. */
  readonly workers: number;
  readonly withQueries?: boolean;
  readonly streams: Streams;
  readonly signal: AbortSignal;
}

/** Runs one suite; workers, where there are any, do all of its work first, each a share of the cases. */
export async function runJob(job: SuiteJob, options: RunJobOptions): Promise<SuiteResult[]> {
  const { lm, counterfactual, stores, workers, streams, signal, withQueries = false } = options;
  const suite = suiteOf(job);
  const label = job.methods.kind !== 'named' ? `${job.methods.name}, ${suite.name}` : suite.name;
  const progress = createProgress(label, { stream: streams.stderr });
  const onProgress = ({ done, total, what }: RunProgress): void => progress.update(done, total, what);
  try {
    const shared =
      workers > 1 && (await shareWork(job, { ...options, cases: suite.cases.length, onProgress }));
    return await runSuite({
      lm,
      suite,
      methods: await methodsOf(job, lm.info, { folder: stores.folder, counterfactual }),
      ...(counterfactual && { counterfactuals: [counterfactual] }),
      prompts: loadPromptSource(job.prompts),
      count: job.count,
      protocols: protocolsOf(job),
      seed: job.seed,
      withQueries,
      alsoOpen: job.alsoOpen ?? false,
      ...stores.options,
      signal,
      ...(!shared && { onProgress }), // else it only reads what workers have done
    });
  } finally {
    progress.end();
  }
}
