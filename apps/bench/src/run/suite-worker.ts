import { workSuite, type UnitStore } from '@sakejs/evaluation';
import { isSakeError, type Json } from '@sakejs/spec';
import { loadModel, loadPromptSource } from 'sakejs';
import { besideGraph } from '../model-flags.js';
import { openSharedStores } from './run-stores.js';
import { counterfactualOf, mapperModulesOf, methodsOf, protocolsOf, suiteOf } from './suite-job.js';
import type { FromWorker, ToWorker, WorkerTask } from './worker-messages.js';

/** A process that learns and scores a share of a suite's cases; units are kept by the process that started it. */
const say = (message: FromWorker): void => void process.send!(message);

let goOn: () => void;
/** Settles when every worker has learned its edits. */
const together = new Promise<void>((resolve) => (goOn = resolve));

const waiting = new Map<number, (value: Json | null) => void>();
let asked = 0;

function ask(
  message: { kind: 'get'; key: string } | { kind: 'put'; key: string; value: Json },
): Promise<Json | null> {
  const id = asked++;
  const answered = new Promise<Json | null>((resolve) => waiting.set(id, resolve));
  say({ ...message, id });
  return answered;
}

const units: UnitStore = {
  get: async (key) => (await ask({ kind: 'get', key })) ?? undefined,
  put: async (key, value) => void (await ask({ kind: 'put', key, value })),
};

async function work(task: WorkerTask, signal: AbortSignal): Promise<void> {
  const { job, share, threads, graph } = task;
  await using lm = await loadModel(task.model, { threads, ...graph });
  const name = counterfactualOf(job);
  await using counterfactual =
    name === undefined ? undefined : await loadModel(name, { threads, ...besideGraph(graph) });
  const { folder, keepsActivations } = task;
  const stores = await openSharedStores(folder, { keepsActivations, modules: mapperModulesOf(job) });
  await workSuite(
    {
      lm,
      suite: suiteOf(job),
      methods: await methodsOf(job, lm.info, { folder, counterfactual }),
      ...(counterfactual && { counterfactuals: [counterfactual] }),
      prompts: loadPromptSource(job.prompts),
      count: job.count,
      protocols: protocolsOf(job),
      seed: job.seed,
      alsoOpen: job.alsoOpen ?? false,
      units,
      ...stores,
      identity: task.identity,
      signal,
      onProgress: (progress) => say({ kind: 'progress', ...progress }),
    },
    {
      ...share,
      everyoneLearned: () => {
        say({ kind: 'learned' });
        return together;
      },
    },
  );
}

const controller = new AbortController();
process.on('SIGTERM', () => {
  controller.abort();
  goOn();
});
// Ctrl-C reaches the whole group: the process that started this one says when to stop.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(1));
process.on('message', (message: ToWorker) => {
  if (message.kind === 'together') return goOn();
  if (message.kind !== 'task') {
    const resolve = waiting.get(message.id);
    waiting.delete(message.id);
    resolve?.(message.kind === 'unit' ? message.value : null);
    return;
  }
  work(message.task, controller.signal)
    .then(
      () => say({ kind: 'end' }),
      (error: unknown) =>
        say({
          kind: 'failed',
          code: isSakeError(error) ? error.code : 'unexpected',
          message: error instanceof Error ? error.message : String(error),
        }),
    )
    .finally(() => process.disconnect());
});
