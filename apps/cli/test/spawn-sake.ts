import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Ran } from './sake.js';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Runs the command as a process of its own, in a working directory. */
export function spawnSake(
  cwd: string,
  argv: readonly string[],
  listeners?: Parameters<typeof spawnScript>[3],
): Promise<Ran> {
  return spawnScript(cwd, MAIN, argv, listeners);
}

/** Runs a TypeScript file of the repository as a process of its own. */
export function spawnScript(
  cwd: string,
  file: string,
  argv: readonly string[],
  {
    onOutput,
    onError,
  }: {
    /** Called with all of stdout so far. */
    readonly onOutput?: (text: string, child: ChildProcess) => void;
    /** Called with all of stderr so far. */
    readonly onError?: (text: string, child: ChildProcess) => void;
  } = {},
): Promise<Ran> {
  const flags = ['--conditions=@sakejs/source', '--import', TSX];
  const child = spawn(process.execPath, [...flags, file, ...argv], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    onOutput?.(out, child);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    onError?.(err, child);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? -1, out, err }));
  });
}
