import { writeRef } from './cache-layout.js';
import { ensureFile } from './ensure-file.js';
import { checkRoom, preparePlan, type DownloadPlan, type PlanOptions } from './plan-download.js';

/** How far a download is. */
export interface DownloadProgress {
  /** The file that comes now. */
  readonly path: string;
  /** Bytes of all files that are here, those that were before included. */
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface ResolveOptions extends PlanOptions {
  /** Told what will be downloaded, before it is: `missingBytes` is 0 where nothing will be. */
  readonly onPlan?: (plan: DownloadPlan) => void;
  /** Called for every piece that comes. */
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** A model on this machine. */
export interface ResolvedModel {
  readonly id: string;
  readonly revision: string;
  readonly commit: string;
  /** Whether the hub said what belongs to it, or the cache. */
  readonly from: 'hub' | 'cache';
  /** The folder with its files, in their places. */
  readonly folder: string;
  /** Path in the folder of the graph, or of the weights or their index. */
  readonly entry: string;
  /** Paths of all files in the folder that were asked for. */
  readonly files: readonly string[];
}

/**
 * Gets a model of the hub onto this machine: downloads what the cache lacks of it, and gives the folder.
 *
 * The cache is the one that all Hugging Face libraries share, so what one of them has got, none gets again.
 *
 * ```ts
 * const { folder, entry } = await resolveModel('onnx-community/Qwen2.5-0.5B', { dtype: 'q4' });
 * ```
 *
 * @param id `owner/name` or `owner/name@revision`.
 * @throws {SakeError} as `planDownload`; `io` for a broken connection, a refusal or a full disk; `invalid-file` for
 * content with another hash than the hub says; `aborted`. What came before an error is kept and gone on from.
 */
export async function resolveModel(id: string, options: ResolveOptions = {}): Promise<ResolvedModel> {
  const ready = await preparePlan(id, options);
  const { plan, listed, layout, connection } = ready;
  const { id: name, revision, commit } = plan;
  const place = { connection, layout, id: name, revision, commit };
  options.onPlan?.(plan);
  await checkRoom(ready);
  let before = 0;
  for (const file of listed) {
    const done = before;
    await ensureFile(place, file, (here) =>
      options.onProgress?.({ path: file.path, bytes: done + here, totalBytes: plan.totalBytes }),
    );
    before += file.size;
  }
  if (plan.from === 'hub') await writeRef(layout, revision, commit);
  return {
    id: name,
    revision,
    commit,
    from: plan.from,
    folder: plan.folder,
    entry: plan.entry,
    files: plan.files.map(({ path }) => path),
  };
}
