import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SakeError } from '@sakejs/spec';
import { cacheLayout, fileSize, listSnapshot, readRef, type CacheLayout } from './cache-layout.js';
import { ensureFile, type CommitPlace } from './ensure-file.js';
import { partialPath } from './fetch-blob.js';
import { asksGenaiConfig, GENAI_CONFIG, MOST_GENAI_BYTES, readGenaiGraph } from './genai-graph.js';
import type { HubConnection } from './hub-connection.js';
import { hubError } from './hub-failure.js';
import { parseHubId, type HubId } from './hub-id.js';
import { readHubSettings, type HubLocation, type HubSettings } from './hub-settings.js';
import { readRepository, type RepositoryFile } from './repository.js';
import { checkSelection, inTheCache, onTheHub, selectFiles, type Selection } from './select-files.js';

export interface PlanOptions extends HubLocation, Selection {
  /** A branch, tag, `refs/pr/1` or commit, where the id names none. Default `main`. */
  readonly revision?: string;
  readonly signal?: AbortSignal;
  /** Tries after the first, without a byte gained in between. Default 4. */
  readonly retries?: number;
  /** Wait before the first of them, doubled for each further one. Default 500. */
  readonly backoffMilliseconds?: number;
  /** Default the global one, which knows no proxy. It must honour `redirect: 'manual'`, or tokens may travel. */
  readonly fetch?: typeof fetch;
}

/** A file of a plan. */
export interface PlannedFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes of it that are here already; below `size` only for a download that was cut off, or none. */
  readonly cachedBytes: number;
}

/** What having a model takes. */
export interface DownloadPlan {
  readonly id: string;
  readonly revision: string;
  /** The commit that the revision is now; 40 digits. */
  readonly commit: string;
  /** `hub`: as the hub listed it. `cache`: as the cache has it, because the hub may not or cannot be asked. */
  readonly from: 'hub' | 'cache';
  /** Where the files are, or will be. */
  readonly folder: string;
  /** Path in it of the graph, or of the weights or their index. */
  readonly entry: string;
  readonly files: readonly PlannedFile[];
  /** Bytes of all files. */
  readonly totalBytes: number;
  /** Bytes that are still to come. */
  readonly missingBytes: number;
}

/** A plan with what is needed to carry it out. */
export interface ReadyPlan {
  readonly plan: DownloadPlan;
  readonly layout: CacheLayout;
  readonly connection: HubConnection;
  /** The hub's entries for the files; empty for a plan from the cache. */
  readonly listed: readonly RepositoryFile[];
}

/**
 * Says what a model of the hub takes: files, sizes, and what of them is in the cache. Downloads none of them, but for
 * the genai_config.json that a choice is left to.
 *
 * Offline, and where the hub cannot be reached but the cache has what is wanted, the plan is made from the cache.
 *
 * @param id `owner/name` or `owner/name@revision`.
 * @throws {SakeError} `invalid-input` for an id that is none, `invalid-option` for a dtype that is none, `not-found`, `io` or `invalid-file` with
 * `details.reason` (see `HubFailure`), `aborted`.
 */
export async function planDownload(id: string, options: PlanOptions = {}): Promise<DownloadPlan> {
  return (await preparePlan(id, options)).plan;
}

/** {@link planDownload}, with what is needed to go on. */
export async function preparePlan(id: string, options: PlanOptions): Promise<ReadyPlan> {
  const hubId = parseHubId(id, options.revision);
  checkSelection(options);
  const settings = await readHubSettings(options);
  const layout = cacheLayout(settings.cacheDir, hubId.id);
  const connection: HubConnection = {
    endpoint: settings.endpoint,
    token: settings.token,
    fetch: options.fetch ?? fetch,
    signal: options.signal,
    retries: options.retries ?? 4,
    backoffMilliseconds: options.backoffMilliseconds ?? 500,
    timeoutMilliseconds: settings.timeoutMilliseconds,
  };
  const fromCache = async (because: string): Promise<ReadyPlan> => ({
    plan: await planFromCache(hubId, options, layout, settings, because),
    layout,
    connection,
    listed: [],
  });
  if (settings.offline) return fromCache(settings.offline);
  try {
    return await planFromHub(hubId, options, layout, connection);
  } catch (error) {
    const reason = error instanceof SakeError ? error.details['reason'] : undefined;
    if (reason !== 'network' && reason !== 'server') throw error;
    return fromCache('a hub that does not answer').catch(() => {
      throw error;
    });
  }
}

async function planFromHub(
  { id, revision }: HubId,
  selection: Selection,
  layout: CacheLayout,
  connection: HubConnection,
): Promise<ReadyPlan> {
  const repository = await readRepository(connection, { id, revision });
  const { commit } = repository;
  const graph = asksGenaiConfig(selection)
    ? await genaiGraph({ connection, layout, id, revision, commit }, repository.files)
    : undefined;
  const place = onTheHub(`${id} at ${revision}`);
  const { entry, files } = selectFiles(repository.files, selection, place, graph);
  const folder = layout.snapshot(commit);
  const planned: PlannedFile[] = [];
  for (const file of files)
    planned.push({ path: file.path, size: file.size, cachedBytes: await cachedBytes(file, layout, folder) });
  const totalBytes = sum(planned.map(({ size }) => size));
  const missingBytes = totalBytes - sum(planned.map((file) => file.cachedBytes));
  const plan: DownloadPlan = {
    id,
    revision,
    commit,
    from: 'hub',
    folder,
    entry,
    files: planned,
    totalBytes,
    missingBytes,
  };
  return { plan, layout, connection, listed: files };
}

/** The graph that the repository's genai_config.json names, where it has one. */
async function genaiGraph(
  place: CommitPlace,
  listed: readonly RepositoryFile[],
): Promise<string | undefined> {
  const file = listed.find(({ path }) => path === GENAI_CONFIG);
  if (file === undefined) return undefined;
  const about = `${GENAI_CONFIG} of ${place.id} at ${place.revision}`;
  if (file.size > MOST_GENAI_BYTES)
    throw hubError(
      'answer',
      `expected ${about} to be small, got ${file.size} bytes; choose with dtype or file`,
    );
  return readGenaiGraph(await ensureFile(place, file), about);
}

async function cachedBytes(file: RepositoryFile, layout: CacheLayout, folder: string): Promise<number> {
  for (const path of [join(folder, file.path), join(layout.blobs, file.etag)])
    if ((await fileSize(path)) === file.size) return file.size;
  return Math.min((await fileSize(partialPath(layout.blobs, file.etag))) ?? 0, file.size);
}

async function planFromCache(
  { id, revision }: HubId,
  selection: Selection,
  layout: CacheLayout,
  { cacheDir }: HubSettings,
  because: string,
): Promise<DownloadPlan> {
  const name = `${id} at ${revision}`;
  const place = inTheCache(name, cacheDir, because);
  const commit = await readRef(layout, revision);
  const listed = commit === undefined ? [] : await listSnapshot(layout.snapshot(commit));
  if (commit === undefined || listed.length === 0) {
    const wanted = describeEntry(selection);
    throw place.missing(wanted, 'allow downloads', { id, revision });
  }
  const genai = asksGenaiConfig(selection) && listed.some(({ path }) => path === GENAI_CONFIG);
  const graph = genai
    ? await readGenaiGraph(join(layout.snapshot(commit), GENAI_CONFIG), `${GENAI_CONFIG} of ${name}`)
    : undefined;
  const { entry, files } = selectFiles(listed, selection, place, graph);
  const totalBytes = sum(files.map(({ size }) => size));
  return {
    id,
    revision,
    commit,
    from: 'cache',
    folder: layout.snapshot(commit),
    entry,
    files: files.map(({ path, size }) => ({ path, size, cachedBytes: size })),
    totalBytes,
    missingBytes: 0,
  };
}

function describeEntry({ file, format, dtype }: Selection): string {
  if (format === 'checkpoint') return 'model.safetensors';
  return file ?? `the ONNX file${dtype === undefined ? '' : ` of dtype ${dtype}`}`;
}

/**
 * Checks that the disk under the cache has room for what is to come.
 *
 * @throws {SakeError} `io` with both numbers.
 */
export async function checkRoom({ plan, layout }: ReadyPlan): Promise<void> {
  if (plan.missingBytes === 0) return;
  let free = Infinity;
  for (let folder = layout.folder; free === Infinity; folder = dirname(folder)) {
    const disk = await statfs(folder).catch(() => undefined);
    if (disk) free = disk.bavail * disk.bsize;
    else if (folder === dirname(folder)) return;
  }
  if (plan.missingBytes > free)
    throw hubError(
      'disk-full',
      `expected room for ${plan.missingBytes} bytes of ${plan.id} in ${layout.folder}, got ${free} bytes free; free some, or choose another HF_HUB_CACHE`,
      { missingBytes: plan.missingBytes, freeBytes: free },
    );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
