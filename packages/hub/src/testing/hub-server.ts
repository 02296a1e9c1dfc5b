import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file's content that is made as it is sent. */
export interface Content {
  readonly size: number;
  /** SHA-256 for `lfs`, git's SHA-1 otherwise. */
  readonly etag: string;
  readonly lfs: boolean;
  bytes(start: number): Iterable<Uint8Array>;
}

/** One request that was answered. */
export interface Served {
  readonly at: 'hub' | 'cdn';
  readonly method: string;
  /** Path without its query. */
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
  readonly status: number;
  /** Bytes of a body that were handed to the socket. */
  readonly bytes: number;
}

/** What to do instead of answering as asked: a status, or a body that breaks. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  /** The socket is destroyed after that many bytes of the body. */
  | { readonly cutAfter: number }
  /** The body ends early, without a length that would tell. */
  | { readonly endAfter: number }
  /** Nothing more is sent after that many bytes. */
  | { readonly stallAfter: number }
  /** The answer is to the whole file, whatever range was asked for. */
  | { readonly ignoreRange: true }
  /** Every byte is turned around. */
  | { readonly spoil: true };

export interface HubServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly served: Served[];
  /** Adds or replaces a commit's files and points revisions at it. */
  commit(
    id: string,
    commit: string,
    files: Readonly<Record<string, Content>>,
    revisions?: readonly string[],
  ): void;
  /** Answers only those who bring this token. */
  gate(id: string, token: string): void;
  /** Asked before every answer; `index` counts requests of that path, from 0. */
  fault: (request: {
    at: 'hub' | 'cdn';
    path: string;
    index: number;
  }) => Fault | undefined | Promise<Fault | undefined>;
  /** Entries a page of listings. */
  pageSize: number;
  /** Entries that listings have besides the real ones. */
  extraEntries: readonly unknown[];
}

interface Repository {
  readonly commits: Map<string, Readonly<Record<string, Content>>>;
  readonly revisions: Map<string, string>;
  token?: string;
}

/** A file as git has it. */
export function gitFile(text: string): Content {
  const bytes = new TextEncoder().encode(text);
  const etag = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
  return { size: bytes.length, etag, lfs: false, bytes: (start) => [bytes.subarray(start)] };
}

/** A large file of those bytes. */
export function lfsContent(content: Uint8Array): Content {
  const etag = createHash('sha256').update(content).digest('hex');
  return { size: content.length, etag, lfs: true, bytes: (start) => [content.subarray(start)] };
}

/** A large file of seeded bytes, 64 KiB at a time, none of it kept. */
export function lfsFile(size: number, seed = 1): Content {
  const block = new Uint8Array(1 << 16);
  for (let i = 0, state = seed; i < block.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    block[i] = state >>> 24;
  }
  function* bytes(start: number): Generator<Uint8Array> {
    for (let at = start; at < size;) {
      const within = at % block.length;
      const piece = block.subarray(within, Math.min(block.length, within + size - at));
      yield piece;
      at += piece.length;
    }
  }
  const hash = createHash('sha256');
  for (const piece of bytes(0)) hash.update(piece);
  return { size, etag: hash.digest('hex'), lfs: true, bytes };
}

/** Starts a hub on this machine: models' API, paged listings, files with ranges, large ones on another origin. */
export async function startHubServer(): Promise<HubServer> {
  const repositories = new Map<string, Repository>();
  const counts = new Map<string, number>();
  const served: Served[] = [];
  let cdnOrigin = '';

  const handler =
    (at: 'hub' | 'cdn') =>
    (request: IncomingMessage, response: ServerResponse): void => {
      const url = new URL(request.url!, 'http://hub');
      const path = decodeURIComponent(url.pathname);
      const index = counts.get(at + path) ?? 0;
      counts.set(at + path, index + 1);
      let bytes = 0;
      const write = (piece: Uint8Array): boolean => {
        bytes += piece.length;
        return response.write(piece);
      };
      const { authorization, range } = request.headers;
      response.on('close', () =>
        served.push({
          at,
          method: request.method!,
          path,
          range,
          authorization,
          status: response.statusCode,
          bytes,
        }),
      );
      const respond = async (): Promise<void> => {
        const fault = await server.fault({ at, path, index });
        if (fault && 'status' in fault)
          return void response.writeHead(fault.status, fault.headers).end(fault.body);
        const exchange: Exchange = { url, path, request, response, fault, write };
        return at === 'cdn' ? answerBlob(exchange) : answer(exchange);
      };
      respond().catch((error: unknown) => response.destroy(error as Error));
    };

  async function answer(exchange: Exchange): Promise<void> {
    const { url, path, request, response } = exchange;
    const { authorization } = request.headers;
    const api = /^\/api\/models\/([^/]+\/[^/]+|[^/]+)\/(revision|tree|paths-info)\/(.+)$/.exec(path);
    const file = /^\/([^/]+\/[^/]+)\/resolve\/((?:refs\/pr\/\d+)|[^/]+)\/(.+)$/.exec(path);
    const [id, revision] = api ? [api[1]!, api[3]!] : file ? [file[1]!, file[2]!] : ['', ''];
    const refuse = (status: number, code?: string): void =>
      void response.writeHead(status, code ? { 'x-error-code': code } : {}).end('{"error":"refused"}');
    const repository = repositories.get(id);
    if (!repository) return refuse(404, 'RepoNotFound');
    if (repository.token && authorization !== `Bearer ${repository.token}`) return refuse(401, 'GatedRepo');
    const commit = repository.revisions.get(revision) ?? revision;
    const files = repository.commits.get(commit);
    if (!files) return refuse(404, 'RevisionNotFound');
    const json = (value: unknown, headers = {}): void =>
      void response
        .writeHead(200, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(value));
    if (api?.[2] === 'revision')
      return json({ _id: 'x', id, sha: commit, lastModified: '2024-01-01T00:00:00.000Z' });
    const entries = Object.entries(files).map(([name, content]) => ({
      type: 'file',
      path: name,
      size: content.size,
      oid: content.lfs ? '0'.repeat(40) : content.etag,
      ...(content.lfs ? { lfs: { oid: content.etag, size: content.size, pointerSize: 130 } } : {}),
    }));
    if (api?.[2] === 'paths-info') {
      let body = '';
      for await (const piece of request) body += String(piece);
      const { paths } = JSON.parse(body) as { paths: string[] };
      const lastCommit = { id: commit, title: '', date: '2024-01-01T00:00:00.000Z' };
      return json(
        entries.filter((entry) => paths.includes(entry.path)).map((entry) => ({ ...entry, lastCommit })),
      );
    }
    if (api) {
      const all = [...entries, ...server.extraEntries];
      const from = Number(url.searchParams.get('cursor') ?? 0);
      const next = from + server.pageSize;
      url.searchParams.set('cursor', String(next));
      const link = `<${server.endpoint}${url.pathname}${url.search}>; rel="next"`;
      return json(all.slice(from, next), next < all.length ? { link } : {});
    }
    const content = files[file![3]!];
    if (!content) return refuse(404, 'EntryNotFound');
    response.setHeader('x-repo-commit', commit);
    if (!content.lfs) return sendContent(exchange, content);
    response.setHeader('x-linked-etag', `"${content.etag}"`);
    response.setHeader('x-linked-size', String(content.size));
    response
      .writeHead(302, { location: `${cdnOrigin}/blob/${content.etag}?X-Signature=signed-secret` })
      .end();
  }

  async function answerBlob(exchange: Exchange): Promise<void> {
    const etag = exchange.path.slice('/blob/'.length);
    const all = [...repositories.values()].flatMap(({ commits }) =>
      [...commits.values()].flatMap(Object.values<Content>),
    );
    const content = all.find((each) => each.etag === etag);
    if (!content || !exchange.url.search) return void exchange.response.writeHead(403).end();
    return sendContent(exchange, content);
  }

  const servers: Server[] = [createServer(handler('hub')), createServer(handler('cdn'))];
  const [endpoint, cdn] = await Promise.all(
    servers.map(async (each) => {
      await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(each.address() as AddressInfo).port}`;
    }),
  );
  cdnOrigin = cdn!;
  const server: HubServer = {
    endpoint: endpoint!,
    served,
    fault: () => undefined,
    pageSize: 1000,
    extraEntries: [],
    commit(id, commit, files, revisions = ['main']) {
      const repository = repositories.get(id) ?? { commits: new Map(), revisions: new Map() };
      repositories.set(id, repository);
      repository.commits.set(commit, files);
      for (const revision of revisions) repository.revisions.set(revision, commit);
    },
    gate: (id, token) => void (repositories.get(id)!.token = token),
    async [Symbol.asyncDispose]() {
      for (const each of servers) each.closeAllConnections();
      await Promise.all(servers.map((each) => new Promise((resolve) => each.close(resolve))));
    },
  };
  return server;
}

interface Exchange {
  readonly url: URL;
  readonly path: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly fault: Exclude<Fault, { status: number }> | undefined;
  readonly write: (piece: Uint8Array) => boolean;
}

async function sendContent({ request, response, fault, write }: Exchange, content: Content): Promise<void> {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const ranged = range && !(fault && 'ignoreRange' in fault);
  const start = ranged ? Number(range[1]) : 0;
  const end = ranged && range[2] ? Math.min(Number(range[2]) + 1, content.size) : content.size;
  if (start >= content.size && content.size > 0) return void response.writeHead(416).end();
  const known = !(fault && 'endAfter' in fault);
  response.writeHead(ranged ? 206 : 200, {
    etag: `"${content.etag}"`,
    'accept-ranges': 'bytes',
    ...(known ? { 'content-length': end - start } : {}),
    ...(ranged ? { 'content-range': `bytes ${start}-${end - 1}/${content.size}` } : {}),
  });
  if (request.method === 'HEAD') return void response.end();
  const most = fault
    ? 'cutAfter' in fault
      ? fault.cutAfter
      : 'endAfter' in fault
        ? fault.endAfter
        : 'stallAfter' in fault
          ? fault.stallAfter
          : Infinity
    : Infinity;
  let left = Math.min(end - start, most);
  for (const piece of content.bytes(start)) {
    if (left <= 0 || response.destroyed) break;
    const sent = piece.subarray(0, left);
    const spoilt = fault && 'spoil' in fault ? sent.map((byte) => byte ^ 0xff) : sent;
    left -= sent.length;
    if (!write(spoilt)) await drained(response);
  }
  if (fault && 'stallAfter' in fault) return;
  if (fault && 'cutAfter' in fault) {
    await new Promise((resolve) => setTimeout(resolve, 20)); // lets what was sent arrive before the reset
    return void request.socket.destroy();
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
