import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { throwIfAborted, type Json } from '@sakejs/spec';
import type { RunJobOptions } from './run-job.js';
import type { SuiteJob } from './suite-job.js';
import type { FromWorker, ToWorker, WorkerTask } from './worker-messages.js';

export interface ShareWorkOptions extends RunJobOptions {
  /** Cases of the suite. */
  readonly cases: number;
  readonly onProgress: (progress: { done: number; total: number; what: string }) => void;
}

/**
 * Lets worker processes learn a suite's edits and score them alone, each a part of the cases; this process keeps the units.
 *
 * What a worker leaves undone, because it failed or was killed, is left to whoever runs the suite next; only one line tells
 * of it. Each worker has a model of its own, with as many threads as this process's.
 *
 * @throws {SakeError} `aborted`.
 */
export async function shareWork(job: SuiteJob, options: ShareWorkOptions): Promise<void> {
  const { workers, cases, signal, streams, onProgress } = options;
  const of = Math.min(workers, cases);
  const done = Array.from({ length: of }, () => 0);
  const failures = await Promise.all(
    done.map((_, index) =>
      runWorker(taskOf(job, options, { index, of }), options, (finished, what) => {
        done[index] = finished;
        onProgress({ done: done.reduce((sum, value) => sum + value, 0), total: cases, what });
      }),
    ),
  );
  throwIfAborted(signal, 'shareWork');
  const failed = failures.filter((failure) => failure !== undefined);
  if (failed.length > 0)
    streams.stderr.write(
      `${failed.length} of ${of} workers ended early (${failed[0]!.replace(/\s+/g, ' ')}); what they left is worked here\n`,
    );
}

function taskOf(
  job: SuiteJob,
  { model, lm, stores }: ShareWorkOptions,
  shard: WorkerTask['shard'],
): WorkerTask {
  return {
    job,
    model,
    threads: lm.info.threads,
    shard,
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

/** Runs one worker; gives why it ended before its work was done, if it did. */
function runWorker(
  task: WorkerTask,
  { stores, signal }: ShareWorkOptions,
  onProgress: (done: number, what: string) => void,
): Promise<string | undefined> {
  const child = startWorker();
  const units = stores.options.units!;
  const tell = (message: ToWorker): void => void (child.connected && child.send(message));
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  return new Promise((resolve) => {
    let ended = false;
    let failure: string | undefined;
    child.on('message', (message: FromWorker) => {
      switch (message.kind) {
        case 'get':
          void Promise.resolve(units.get(message.key))
            .then((value: Json | undefined) => tell({ kind: 'unit', id: message.id, value: value ?? null }))
            .catch((error: unknown) => giveUp(error));
          break;
        case 'put':
          void Promise.resolve(units.put(message.key, message.value))
            .then(() => tell({ kind: 'kept', id: message.id }))
            .catch((error: unknown) => giveUp(error));
          break;
        case 'progress':
          onProgress(message.done, message.what);
          break;
        case 'end':
          ended = true;
          break;
        case 'failed':
          failure = message.message;
      }
    });
    const giveUp = (error: unknown): void => {
      failure ??= error instanceof Error ? error.message : String(error);
      stop();
    };
    child.on('error', giveUp);
    child.on('exit', (status, by) => {
      signal.removeEventListener('abort', stop);
      resolve(ended ? undefined : (failure ?? `ended with ${by ?? status}`));
    });
    tell({ kind: 'task', task });
  });
}
