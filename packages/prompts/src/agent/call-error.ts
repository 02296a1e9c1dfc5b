/** Why a model call gave no usable reply. */
export type CallFailureReason =
  /** The server could not be reached, or closed the connection. */
  | 'connection'
  | 'timeout'
  | 'rate-limit'
  /** Status 5xx or 409. */
  | 'server-error'
  /** The server does not accept the request or the key, or the account has no money left. */
  | 'rejected'
  /** The model declined, or a filter held its reply back. */
  | 'refusal'
  /** The reply reached the token limit. */
  | 'truncated'
  /** The stream ended before the reply did: cut off, or by an error in it. */
  | 'cut-stream'
  /** Body or reply is no JSON. */
  | 'malformed-json'
  /** JSON of another shape than asked for. */
  | 'wrong-shape'
  /** No choices, or no text. */
  | 'empty';

/** Reasons for which the same question may well be answered when it is asked again. */
const worthAsking: ReadonlySet<CallFailureReason> = new Set([
  'refusal',
  'truncated',
  'cut-stream',
  'malformed-json',
  'wrong-shape',
  'empty',
]);

/**
 * A model call's failure; never leaves this package. Its message holds no secrets.
 *
 * It has no cause: errors of the SDK carry headers.
 */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly reason: CallFailureReason;
  readonly status: number | undefined;

  constructor(reason: CallFailureReason, message: string, status?: number) {
    super(message);
    this.reason = reason;
    this.status = status;
  }

  /** Whether to ask again; connection errors, timeouts, 429 and 5xx were retried below already. */
  get worthAskingAgain(): boolean {
    return worthAsking.has(this.reason);
  }
}
