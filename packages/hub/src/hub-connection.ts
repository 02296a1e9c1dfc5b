import { SakeError } from '@sakejs/spec';
import { hubError } from './hub-failure.js';
import { readRefusal } from './read-refusal.js';

/** What every request of one call shares. */
export interface HubConnection {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal | undefined;
  /** Tries after the first, without a byte gained in between, before it gives up. */
  readonly retries: number;
  /** Wait before the first retry; doubled for each further one. */
  readonly backoffMilliseconds: number;
  /** Longest wait without a byte. */
  readonly timeoutMilliseconds: number;
  /** After that long without a sign of life, another process's lock is taken over. Default 10 s. */
  readonly lockStaleMilliseconds?: number;
}

/** One thing to ask for. */
export interface HubRequest<T> {
  readonly url: string;
  /** What is asked for, in words, for errors. */
  readonly about: string;
  /** Asked anew for each try, so that a broken download goes on where it stands. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Statuses beyond 2xx that `consume` wants to see. */
  readonly accept?: readonly number[];
  /**
   * Takes in the answer and calls `alive` with every piece of it, saying whether another try could go on behind that
   * piece. An untyped error leads to another try.
   */
  readonly consume: (response: Response, alive: (kept: boolean) => void) => Promise<T>;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 10;
/** A server that wants us to wait longer than this gets an error instead. */
const LONGEST_WAIT = 60_000;

/**
 * Sends a request and takes in the answer.
 *
 * The token goes to the endpoint's own origin and no further: redirects are followed by hand. Broken connections,
 * stalls, 429 and 5xx are tried again, with the wait that the server asks for.
 *
 * @throws {SakeError} of {@link hubError}, whatever `consume` throws typed, `aborted`. No error holds the token or the
 * query of a URL, where signatures stand.
 */
export async function sendRequest<T>(connection: HubConnection, request: HubRequest<T>): Promise<T> {
  const { signal, retries, backoffMilliseconds } = connection;
  for (let failures = 0; ;) {
    stopIfAborted(signal);
    const attempt = startAttempt(signal, connection.timeoutMilliseconds);
    const alive = (kept: boolean): void => {
      if (kept) failures = 0;
      attempt.alive();
    };
    let wait: number | undefined;
    let failure: SakeError;
    try {
      const response = await followRedirects(connection, request, attempt.signal);
      if (response.ok || request.accept?.includes(response.status))
        return await request.consume(response, alive);
      const refusal = await readRefusal(response, connection, request.about);
      failure = refusal.error;
      if (!refusal.temporary) throw failure;
      wait = refusal.waitMilliseconds;
    } catch (cause) {
      stopIfAborted(signal);
      if (cause instanceof SakeError) throw cause;
      failure = brokenConnection(connection, request.about, attempt.stalled() ? 'no byte in time' : cause);
    } finally {
      attempt.end();
    }
    failures++;
    wait ??= backoffMilliseconds * 2 ** (failures - 1);
    if (failures > retries || wait > LONGEST_WAIT) throw failure;
    await pause(wait, signal);
  }
}

/** Throws `aborted` without the signal's reason: whoever aborts may have put anything in there. */
export function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new SakeError(
      'aborted',
      'resolveModel: aborted by its signal; what came so far is kept for next time',
    );
}

/** Waits; an abort ends the wait with its error. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  stopIfAborted(signal);
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
  stopIfAborted(signal);
}

interface Attempt {
  readonly signal: AbortSignal;
  alive(): void;
  stalled(): boolean;
  end(): void;
}

/** A signal that fires with the outer one, after `milliseconds` without a sign of life, and at the end. */
function startAttempt(outer: AbortSignal | undefined, milliseconds: number): Attempt {
  const controller = new AbortController();
  let stalled = false;
  const abort = (): void => controller.abort();
  const timer = setTimeout(() => {
    stalled = true;
    abort();
  }, milliseconds);
  outer?.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    alive: () => void timer.refresh(),
    stalled: () => stalled,
    end() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', abort);
      abort(); // frees the socket of an answer that was not read to its end
    },
  };
}

async function followRedirects(
  connection: HubConnection,
  request: Pick<HubRequest<unknown>, 'url' | 'about' | 'headers'>,
  signal: AbortSignal,
): Promise<Response> {
  const home = new URL(connection.endpoint).origin;
  const send = connection.fetch;
  let url = new URL(request.url);
  let trusted = true;
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    trusted &&= url.origin === home;
    const authorization =
      trusted && connection.token ? { authorization: `Bearer ${connection.token}` } : undefined;
    const response = await send(url.href, {
      headers: { 'user-agent': 'sakejs', ...request.headers?.(), ...authorization },
      redirect: 'manual',
      signal,
    });
    if (!REDIRECTS.has(response.status)) return response;
    await response.body?.cancel();
    const location = response.headers.get('location') ?? '';
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    const safe = next && (next.protocol === 'https:' || next.protocol === url.protocol);
    if (!safe)
      throw hubError(
        'answer',
        `expected ${request.about} to be redirected to an ${url.protocol}// address, got another`,
        { status: response.status, from: url.origin, ...(next ? { to: next.origin } : {}) },
      );
    url = next;
  }
  throw hubError('answer', `expected ${request.about} after at most ${MOST_REDIRECTS} redirects, got more`);
}

/** Only the code or message of the cause is kept, never the object: that of a foreign `fetch` may hold headers. */
function brokenConnection({ endpoint, token }: HubConnection, about: string, cause: unknown): SakeError {
  const inner = (cause as { cause?: { code?: unknown; message?: unknown } } | undefined)?.cause;
  const said = String(inner?.code ?? inner?.message ?? (cause instanceof Error ? cause.message : cause));
  const why = hideToken(said, token);
  return hubError(
    'network',
    `expected to read ${about} from ${endpoint}, got a broken connection (${why}); check the network, a proxy, and HF_ENDPOINT`,
    { endpoint, system: why },
  );
}

/** A text without the token, should it have come in. */
export function hideToken(text: string, token: string | undefined): string {
  return token ? text.replaceAll(token, '[token]') : text;
}
