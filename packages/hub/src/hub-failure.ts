import { SakeError, type SakeErrorCode } from '@sakejs/spec';

/**
 * Why a model could not be had; `details.reason` of every error of this package that the hub, the network, the cache
 * or the disk caused.
 */
export type HubFailure =
  /** No such repository, revision or file. */
  | 'repository'
  | 'revision'
  | 'file'
  /** The licence must be accepted, or a token is needed, wrong or not allowed to read. */
  | 'gated'
  | 'unauthorized'
  | 'rate-limited'
  | 'server'
  | 'network'
  /** The answer is not what the hub says, or not safe to follow. */
  | 'answer'
  | 'checksum'
  | 'disk-full'
  | 'disk'
  /** Downloading is forbidden and the cache lacks a file. */
  | 'offline';

const codes: Readonly<Record<HubFailure, SakeErrorCode>> = {
  repository: 'not-found',
  revision: 'not-found',
  file: 'not-found',
  gated: 'io',
  unauthorized: 'io',
  'rate-limited': 'io',
  server: 'io',
  network: 'io',
  answer: 'invalid-file',
  checksum: 'invalid-file',
  'disk-full': 'io',
  disk: 'io',
  offline: 'not-found',
};

/** The error for a reason; `details` gets the reason too. */
export function hubError(
  reason: HubFailure,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): SakeError {
  return new SakeError(codes[reason], `resolveModel: ${message}`, { details: { reason, ...details }, cause });
}

/** The error for a failed write, read or link under the cache folder. */
export function diskError(doing: string, cause: unknown): SakeError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? hubError(
        'disk-full',
        `expected room to ${doing}, got a full disk (${code}); free some and run again: what came is kept`,
        { system: code },
        cause,
      )
    : hubError('disk', `expected to ${doing}, got ${message}`, { system: code }, cause);
}
