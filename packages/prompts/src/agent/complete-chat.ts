import { SakeError, type Json } from '@sakejs/spec';
import { APIConnectionTimeoutError } from 'openai';
import { attemptCounter, type AttemptCounter } from './bounded-fetch.js';
import { CallError, type CallFailureReason } from './call-error.js';
import type { ChatConnection } from './chat-client.js';
import { linkAbort, untilAborted } from './linked-abort.js';
import { readCompletion, readStream } from './read-completion.js';
import { noUsage, type TokenUsage } from './token-usage.js';

/** Bounds of one call. */
export interface CallBounds {
  /** Most ms for one attempt; while a stream runs, between two of its chunks. */
  readonly timeoutMs: number;
  readonly maxRetries: number;
  /** Longest wait before a retry, in ms. */
  readonly retryAfterLimitMs: number;
  readonly stream: boolean;
}

/** A call's text, or why there is none, and what it took either way. */
export interface CallOutcome {
  readonly content?: string;
  readonly error?: CallError;
  readonly usage: TokenUsage;
}

/** The SDK's own longest wait where a server names none, in ms. */
const longestBackoff = 8_000;
/** Characters of a server's message that errors keep. */
const messageLength = 300;

const timedOut = Symbol('timed out');

/**
 * One chat completion, retried by the SDK: connection errors, 408, 409, 429 (with Retry-After) and 5xx.
 *
 * Ends within (maxRetries + 1) * timeoutMs plus the waits between, whatever the server does.
 *
 * @throws {SakeError} `aborted` when the signal fires; nothing else.
 */
export async function completeChat(
  { client, redactor, countsAttempts }: ChatConnection,
  body: Readonly<Record<string, Json>>,
  bounds: CallBounds,
  signal: AbortSignal | undefined,
): Promise<CallOutcome> {
  const { timeoutMs, maxRetries, stream } = bounds;
  const linked = linkAbort(signal);
  const longestWait = Math.max(bounds.retryAfterLimitMs, longestBackoff);
  const deadline = setTimeout(
    () => linked.abort(timedOut),
    Math.min((maxRetries + 1) * timeoutMs + maxRetries * longestWait, 2 ** 31 - 1),
  );
  let idle: NodeJS.Timeout | undefined;
  const counter: AttemptCounter = { attempts: 0 };
  let usage: TokenUsage = { ...noUsage, calls: 1, callsWithoutUsage: 1 };
  const spent = (named: TokenUsage): void => {
    usage = named;
  };
  const onChunk = (): void => {
    clearTimeout(idle);
    idle = setTimeout(() => linked.abort(timedOut), timeoutMs);
  };
  const call = async (): Promise<string> => {
    const create = client.chat.completions.create.bind(client.chat.completions);
    const sent = stream ? { ...body, stream: true, stream_options: { include_usage: true } } : body;
    const answer = await create(sent as never, { signal: linked.signal, timeout: timeoutMs, maxRetries });
    if (!stream) return readCompletion(answer, spent);
    if (!isAsyncIterable(answer)) throw new CallError('wrong-shape', 'the reply is no stream');
    onChunk();
    return readStream(answer, spent, onChunk);
  };
  const counted = (): TokenUsage => ({ ...usage, attempts: countsAttempts ? counter.attempts : 1 });
  try {
    const work = attemptCounter.run(counter, call);
    // The SDK's waits between retries do not hear the signal.
    work.catch(() => undefined);
    const content = redactor.redact(await untilAborted(work, linked.signal));
    return { content, usage: counted() };
  } catch (error) {
    if (signal?.aborted)
      throw new SakeError('aborted', 'generate: aborted by its signal', { cause: signal.reason });
    const failure =
      linked.signal.reason === timedOut
        ? new CallError('timeout', `no whole reply in time (timeoutMs ${timeoutMs})`)
        : asCallError(error);
    const message = redactor.redact(failure.message).replace(/\s+/g, ' ').slice(0, messageLength);
    return { error: new CallError(failure.reason, message, failure.status), usage: counted() };
  } finally {
    clearTimeout(deadline);
    clearTimeout(idle);
    linked.release();
    // A stream that was given up is closed.
    linked.abort();
  }
}

/** What an error of the SDK, or of a client of the user's own, says; its headers are left behind. */
function asCallError(error: unknown): CallError {
  if (error instanceof CallError) return error;
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const { status, code } = error as { status?: unknown; code?: unknown };
  if (typeof status === 'number') return new CallError(reasonOf(status, code), message, status);
  if (error instanceof APIConnectionTimeoutError || /timed? ?out/i.test(message))
    return new CallError('timeout', message);
  if (error instanceof SyntaxError) return new CallError('malformed-json', `the body is no JSON: ${message}`);
  // An error that a stream carries has neither a status nor a cause.
  if (name !== 'Error' || (error as { error?: unknown }).error === undefined)
    return new CallError('connection', withCause(message, error));
  return new CallError('cut-stream', message);
}

function reasonOf(status: number, code: unknown): CallFailureReason {
  if (code === 'insufficient_quota') return 'rejected';
  if (status === 429) return 'rate-limit';
  if (status === 408) return 'timeout';
  return status >= 500 || status === 409 ? 'server-error' : 'rejected';
}

function withCause(message: string, error: unknown): string {
  const causes = [message];
  for (
    let cause = (error as { cause?: unknown }).cause;
    cause instanceof Error && causes.length < 4;
    cause = cause.cause
  )
    causes.push(cause.message);
  return causes.filter((text) => text !== '').join(': ');
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
