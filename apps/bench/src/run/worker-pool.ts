import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { RunProgress } from '@sakejs/evaluation';
import { throwIfAborted } from '@sakejs/spec';
import type { RunJobOptions } from './run-job.js';
import type { SuiteJob } from './suite-job.js';
import type { FromWorker, ToWorker, WorkerTask } from './worker-messages.js';

export interface ShareWorkOptions extends RunJobOptions {
  /** Cases of the suite. */
  readonly cases: number;
  readonly onProgress: (progress: RunProgress) => void;
}

/**
 * Lets worker processes work a suite, each a share of the cases; this process keeps the units.
 *
 * They learn their cases' edits and score them alone; once every worker has, they score their cases with all edits live.
 * What a worker leaves undone, because it failed or was killed, is left to whoever runs the suite next; one line tells of
 * it. Each worker has a model of its own, with as many threads as this process's.
 *
 * @returns whether every worker did all of its share.
 * @throws {SakeError} `aborted`.
 */
export async function shareWork(job: SuiteJob, options: ShareWorkOptions): Promise<boolean> {
  const { workers, cases, signal, streams, onProgress } = options;
  const of = Math.min(workers, cases);
  const done = Array.from({ length: of }, () => 0);
  const begun = done.map((_, index) =>
    startTask(taskOf(job, options, { index, of }), options, ({ done: finished, total, what }) => {
      done[index] = finished;
      onProgress({ done: done.reduce((sum, value) => sum + value, 0), total, what });
    }),
  );
  void Promise.all(begun.map(({ learned }) => learned)).then(() => begun.forEach(({ goOn }) => goOn()));
  const failures = await Promise.all(begun.map(({ ended }) => ended));
  throwIfAborted(signal, 'shareWork');
  const failed = failures.filter((failure) => failure !== undefined);
  if (failed.length > 0)
    streams.stderr.write(
      `${failed.length} of ${of} workers ended early (${failed[0]!.replace(/\s+/g, ' ')}); what they left is worked here\n`,
    );
  return failed.length === 0;
}

function taskOf(
  job: SuiteJob,
  { model, graph, lm, stores }: ShareWorkOptions,
  share: WorkerTask['share'],
): WorkerTask {
  return {
    job,
    model,
    graph,
    threads: lm.info.threads,
    share,
    folder: stores.folder,
    keepsActivations: stores.options.activations !== undefined,
    identity: stores.options.identity ?? null,
  };
}

/** The worker's program: compiled beside this one, or its source beside this source. */
function startWorker(): ChildProcess {
  const isSource = import.meta.url.endsWith('.ts');
  const program = fileURLToPath(
    new URL(isSource ? './suite-worker.ts' : './suite-worker.js', import.meta.url),
  );
  if (!isSource) return fork(program, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  return fork(program, [], {
    execArgv: ['--conditions=@sakejs/source', '--import', tsx],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** A worker at work. */
interface WorkerRun {
  /** Settles when its edits are learned, or it ended. */
  readonly learned: Promise<void>;
  /** Why it ended before its work was done, if it did. */
  readonly ended: Promise<string | undefined>;
  /** Tells it that all edits may be live now. */
  goOn(): void;
}

function startTask(
  task: WorkerTask,
  { stores, signal }: ShareWorkOptions,
  onProgress: (progress: RunProgress) => void,
): WorkerRun {
  const child = startWorker();
  const units = stores.options.units!;
  const tell = (message: ToWorker): void => void (child.connected && child.send(message));
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  let finished = false;
  let failure: string | undefined;
  const giveUp = (error: unknown): void => {
    failure ??= error instanceof Error ? error.message : String(error);
    stop();
  };
  const answer = (work: () => ToWorker | Promise<ToWorker>): void =>
    void Promise.resolve().then(work).then(tell).catch(giveUp);
  let hasLearned = (): void => undefined;
  const learned = new Promise<void>((resolve) => (hasLearned = resolve));
  child.on('message', (message: FromWorker) => {
    switch (message.kind) {
      case 'get':
        return answer(async () => ({
          kind: 'unit',
          id: message.id,
          value: (await units.get(message.key)) ?? null,
        }));
      case 'put':
        return answer(async () => {
          await units.put(message.key, message.value);
          return { kind: 'kept', id: message.id };
        });
      case 'progress':
        return onProgress(message);
      case 'learned':
        return hasLearned();
      case 'end':
        finished = true;
        return;
      case 'failed':
        failure = message.message;
    }
  });
  child.on('error', giveUp);
  const ended = new Promise<string | undefined>((resolve) =>
    child.on('exit', (status, by) => {
      signal.removeEventListener('abort', stop);
      hasLearned();
      resolve(finished ? undefined : (failure ?? `ended with ${by ?? status}`));
    }),
  );
  tell({ kind: 'task', task });
  return { learned, ended, goOn: () => tell({ kind: 'together' }) };
}
