import type { SakeError } from '@sakejs/spec';
import { hideToken, type HubConnection } from './hub-connection.js';
import { hubError } from './hub-failure.js';

/** What a status beyond 2xx means. */
export interface Refusal {
  readonly error: SakeError;
  /** Whether another try may help. */
  readonly temporary: boolean;
  /** The wait that the server asks for. */
  readonly waitMilliseconds: number | undefined;
}

/** Reads status and headers of a refused request; the body is left unread. */
export async function readRefusal(
  response: Response,
  connection: HubConnection,
  about: string,
): Promise<Refusal> {
  await response.body?.cancel();
  const { status, headers } = response;
  const { endpoint, token } = connection;
  const said = hideToken((headers.get('x-error-message') ?? '').slice(0, 200), token);
  const code = headers.get('x-error-code') ?? '';
  const details = { status, endpoint, ...(said ? { said } : {}) };
  const got = `got ${status}${said ? ` (${said})` : ''}`;
  const final = (error: SakeError): Refusal => ({ error, temporary: false, waitMilliseconds: undefined });
  if (status === 429 || status === 408 || status >= 500) {
    const waitMilliseconds = retryAfter(headers);
    const wait =
      waitMilliseconds === undefined ? '' : ` and to come back in ${Math.ceil(waitMilliseconds / 1000)} s`;
    const error =
      status === 429
        ? hubError(
            'rate-limited',
            `expected ${about}, ${got}: too many requests${wait}; try later, or set HF_TOKEN for a higher limit`,
            { ...details, ...(waitMilliseconds === undefined ? {} : { waitMilliseconds }) },
          )
        : hubError('server', `expected ${about}, ${got} from ${endpoint}${wait}; try later`, details);
    return { error, temporary: true, waitMilliseconds };
  }
  if (code === 'GatedRepo' || status === 403)
    return final(
      hubError(
        'gated',
        `expected ${about}, ${got}: access is gated or denied; accept its licence on its page at ${endpoint}, then set HF_TOKEN to a token that may read it`,
        details,
      ),
    );
  if (status === 401)
    return final(
      hubError(
        'unauthorized',
        token
          ? `expected ${about}, ${got}: the token is not accepted, or there is no such repository; check the spelling and HF_TOKEN`
          : `expected ${about}, ${got}: there is no such repository, or it is private or gated; check the spelling, or accept its licence on its page at ${endpoint} and set HF_TOKEN`,
        details,
      ),
    );
  if (status === 404) {
    const reason =
      code === 'RevisionNotFound' ? 'revision' : code === 'EntryNotFound' ? 'file' : 'repository';
    return final(
      hubError(
        reason,
        `expected ${about}, ${got}: ${endpoint} has no such ${reason}; check the spelling`,
        details,
      ),
    );
  }
  return final(hubError('server', `expected ${about}, ${got} from ${endpoint}`, details));
}

/** Milliseconds from `Retry-After` (seconds or a date), else from `RateLimit` (`…;t=55`). */
function retryAfter(headers: Headers): number | undefined {
  const after = headers.get('retry-after')?.trim();
  if (after && /^\d+$/.test(after)) return Number(after) * 1000;
  const date = after ? Date.parse(after) : NaN;
  if (!Number.isNaN(date)) return Math.max(0, date - Date.now());
  const reset = /;\s*t=(\d+)/.exec(headers.get('ratelimit') ?? '');
  return reset ? Number(reset[1]) * 1000 : undefined;
}
