import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { SakeError } from '@sakejs/spec';

/** What a browser says by itself. */
export interface DevtoolsEvent {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A browser that is spoken to in the DevTools protocol over two pipes: no port, no library. */
export interface Devtools {
  send(method: string, params?: object, sessionId?: string): Promise<Record<string, unknown>>;
  onEvent(listener: (event: DevtoolsEvent) => void): void;
  close(): Promise<void>;
}

interface Reply extends Partial<DevtoolsEvent> {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Starts a browser with `--remote-debugging-pipe`: messages are JSON, each ended by a zero byte. */
export function startBrowser(executable: string, flags: readonly string[]): Devtools {
  const child = spawn(executable, ['--remote-debugging-pipe', ...flags], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const input = child.stdio[3] as Writable;
  const output = child.stdio[4] as unknown as Readable;
  const waiting = new Map<
    number,
    { resolve(result: Record<string, unknown>): void; reject(error: SakeError): void }
  >();
  const listeners: ((event: DevtoolsEvent) => void)[] = [];
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void ended.then(() => {
    for (const { reject } of waiting.values())
      reject(new SakeError('io', 'startBrowser: expected a reply, got the end of the browser'));
  });
  let parts: string[] = [];
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const [head = '', ...tail] = chunk.split('\0');
    parts.push(head);
    for (const next of tail) {
      receive(JSON.parse(parts.join('')) as Reply);
      parts = [next];
    }
  });
  function receive({ id, result, error, method, params = {} }: Reply): void {
    if (method !== undefined) for (const listener of listeners) listener({ method, params });
    const asked = id === undefined ? undefined : waiting.get(id);
    if (id === undefined || asked === undefined) return;
    waiting.delete(id);
    if (error === undefined) asked.resolve(result ?? {});
    else asked.reject(new SakeError('unsupported', `startBrowser: expected a result, got ${error.message}`));
  }
  let last = 0;
  return {
    send(method, params = {}, sessionId) {
      const id = ++last;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
      });
    },
    onEvent: (listener) => void listeners.push(listener),
    async close() {
      child.kill();
      await ended;
    },
  };
}
