import { spawn } from 'node:child_process';

export interface StepOptions {
  readonly cwd: string;
  readonly seconds: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Kills the command. */
  readonly signal?: AbortSignal;
}

/** A command that failed or took too long, with what it printed. */
export class StepError extends Error {
  override readonly name = 'StepError';
}

/**
 * Runs a command to its end and gives its standard output.
 *
 * @throws {StepError} when its status is not 0, or it runs longer than `seconds`; it is killed then.
 */
export function runStep(command: string, argv: readonly string[], options: StepOptions): Promise<string> {
  const { cwd, seconds, env = {}, signal } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, argv, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: seconds * 1000,
      killSignal: 'SIGKILL',
      ...(signal === undefined ? {} : { signal }),
    });
    let out = '';
    let all = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      all += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => (all += chunk.toString()));
    child.on('error', reject);
    child.on('close', (status, killedBy) => {
      if (status === 0) return resolve(out);
      const how = killedBy === null ? `status ${status}` : `${killedBy}, after at most ${seconds} s`;
      reject(new StepError(`${command} ${argv.join(' ')} ended with ${how}:\n${all.slice(-4000)}`));
    });
  });
}
