import { isSakeError } from '@sakejs/spec';
import { checkFileName } from './file-name.js';
import { hideToken, sendRequest, type HubConnection } from './hub-connection.js';
import { hubError } from './hub-failure.js';
import { isCommit, type HubId } from './hub-id.js';

/** A file of a repository at one commit. */
export interface RepositoryFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** What the content hashes to: SHA-256 (64 digits) for large files, git's SHA-1 (40) for others. */
  readonly etag: string;
}

/** A repository at one commit. */
export interface Repository {
  readonly commit: string;
  readonly files: readonly RepositoryFile[];
}

/** No model has that many; a server that lists on and on is stopped. */
const MOST_FILES = 100_000;
const MOST_BYTES = 64 * 2 ** 20;

/**
 * Asks the hub for the commit of a revision and its files, sizes and hashes, through `@huggingface/hub`.
 *
 * The library gets a `fetch` of ours: tokens, redirects, retries and errors are as in {@link sendRequest}, and pages
 * that a listing sends us to elsewhere get no token. It prints nothing in these two calls.
 *
 * @throws {SakeError} of {@link sendRequest}, or `invalid-file` for an answer that is none of the hub's.
 */
export async function readRepository(
  connection: HubConnection,
  { id, revision }: HubId,
): Promise<Repository> {
  const { listFiles, modelInfo } = await import('@huggingface/hub');
  const about = `${id} at ${revision}`;
  const common = { hubUrl: connection.endpoint, fetch: hubFetch(connection, about) };
  try {
    const { sha } = await modelInfo({ ...common, name: id, revision, additionalFields: ['sha'] });
    if (typeof sha !== 'string' || !isCommit(sha) || (isCommit(revision) && sha !== revision))
      throw hubError('answer', `expected the commit of ${about}, got another answer`, {
        endpoint: connection.endpoint,
      });
    const files: RepositoryFile[] = [];
    let entries = 0;
    for await (const entry of listFiles({
      ...common,
      repo: { type: 'model', name: id },
      revision: sha,
      recursive: true,
    })) {
      if (++entries > MOST_FILES)
        throw hubError('answer', `expected at most ${MOST_FILES} files in ${about}, got more`);
      if (entry.type === 'file') files.push(checkEntry(entry, about));
    }
    return { commit: sha, files };
  } catch (cause) {
    if (isSakeError(cause)) throw cause;
    const why = hideToken(cause instanceof Error ? cause.message : String(cause), connection.token);
    throw hubError(
      'answer',
      `expected ${connection.endpoint} to answer about ${about} as the hub does, got ${why}; check HF_ENDPOINT`,
      { endpoint: connection.endpoint },
    );
  }
}

interface Entry {
  readonly path: string;
  readonly size: number;
  readonly oid?: string;
  readonly lfs?: { readonly oid: string; readonly size: number };
}

function checkEntry({ path, size, oid, lfs }: Entry, about: string): RepositoryFile {
  if (typeof path === 'string') checkFileName(path, about);
  const etag = lfs ? lfs.oid : oid;
  const known = typeof etag === 'string' && (lfs ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/).test(etag);
  if (typeof path === 'string' && known && Number.isSafeInteger(size) && size >= 0)
    return { path, size, etag };
  throw hubError(
    'answer',
    `expected path, size and hash of each file of ${about}, got ${JSON.stringify({ path, size, etag }).slice(0, 300)}`,
  );
}

/** A `fetch` for requests that are answered with little JSON, which is read whole within the retries. */
function hubFetch(connection: HubConnection, about: string): typeof fetch {
  return (input, init) =>
    sendRequest(connection, {
      url: input instanceof Request ? input.url : String(input),
      about,
      headers: () => Object.fromEntries(new Headers(init?.headers)),
      consume: async (response, alive) => {
        const pieces: Uint8Array[] = [];
        let bytes = 0;
        for await (const piece of response.body ?? []) {
          alive(false);
          bytes += piece.length;
          if (bytes > MOST_BYTES)
            throw hubError('answer', `expected a short answer about ${about}, got a long one`);
          pieces.push(piece);
        }
        return new Response(Buffer.concat(pieces), { status: response.status, headers: response.headers });
      },
    });
}
