import { AsyncLocalStorage } from 'node:async_hooks';

/** Requests sent on behalf of one model call. */
export interface AttemptCounter {
  attempts: number;
}

/** The counter of the model call that is being made. */
export const attemptCounter: AsyncLocalStorage<AttemptCounter> = new AsyncLocalStorage();

/** Most bytes of a body; replies are thousands of times smaller. */
const bodyLimit = 16 * 2 ** 20;

/**
 * `fetch` for the SDK, with what its retries leave open.
 *
 * Bodies are read here, while the SDK's timeout still runs and its retries still cover a broken connection; event
 * streams pass through. A server that asks for a wait beyond `retryAfterLimitMs` is not waited for.
 */
export function createBoundedFetch(retryAfterLimitMs: number): typeof fetch {
  return async (input, init) => {
    const counter = attemptCounter.getStore();
    if (counter !== undefined) counter.attempts++;
    const response = await fetch(input, init);
    if (response.ok && isEventStream(response)) return response;
    const body = await readBody(response);
    const headers = new Headers(response.headers);
    // The body is decoded already.
    for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name);
    if (waitAskedFor(headers) > retryAfterLimitMs) headers.set('x-should-retry', 'false');
    const { status, statusText } = response;
    return new Response(bodyless.has(status) ? null : body, { status, statusText, headers });
  };
}

const bodyless: ReadonlySet<number> = new Set([204, 205, 304]);

function isEventStream(response: Response): boolean {
  return response.headers.get('content-type')?.includes('text/event-stream') === true;
}

async function readBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  if (response.body !== null)
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      size += part.length;
      if (size > bodyLimit) throw new Error(`the reply is longer than ${bodyLimit} bytes`);
      parts.push(part);
    }
  return new Uint8Array(Buffer.concat(parts));
}

/** The wait that a reply asks for before the next attempt, in ms; 0 when it asks for none. */
function waitAskedFor(headers: Headers): number {
  const millis = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (millis > 0) return millis;
  const after = headers.get('retry-after');
  if (after === null) return 0;
  const seconds = Number.parseFloat(after);
  const wait = Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1000;
  return Number.isNaN(wait) ? 0 : wait;
}
