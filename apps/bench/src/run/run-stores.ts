import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEditCache } from '@sakejs/editor';
import { openJournal, type EditStore, type Journal, type RunSuiteOptions } from '@sakejs/evaluation';
import { isSakeError, type Edit } from '@sakejs/spec';
import { editLoaders } from 'sakejs';
import manifest from '../../package.json' with { type: 'json' };

/** Bytes of learned edits kept beside a journal. */
const EDIT_BYTES = 8 * 2 ** 30;

/** Where a run keeps what it has done. */
export interface RunStores extends AsyncDisposable {
  /** What `runSuite` takes. */
  readonly options: Pick<RunSuiteOptions, 'units' | 'edits' | 'activations' | 'identity'>;
  /** The folder of all of it; a temporary one where none was named. */
  readonly folder: string;
  /** What was found or put right when the journal was opened, as a sentence. */
  readonly note: string | undefined;
}

export interface OpenRunStoresOptions {
  /** Modules with mappers whose edits are kept. */
  readonly modules?: readonly string[];
  /** Go on with a damaged journal. Default false. */
  readonly repair?: boolean;
}

/**
 * Opens the journal of a run with its edits and activations beside it.
 *
 * Without a folder nothing outlasts the run: a temporary one holds units and edits meanwhile, so that memory does not grow
 * with their number.
 *
 * @throws {SakeError} as `openJournal`; the message says how to go on.
 */
export async function openRunStores(
  directory: string | undefined,
  { modules, repair = false }: OpenRunStoresOptions = {},
): Promise<RunStores> {
  const identity = { 'sake-bench': manifest.version };
  const folder = directory ?? mkdtempSync(join(tmpdir(), 'sake-bench-'));
  const keepsActivations = directory !== undefined;
  const sync = directory === undefined ? 'batch' : 'always';
  const journal = await openJournal(folder, { identity, repair, sync });
  return {
    options: {
      units: journal,
      ...(await openSharedStores(folder, { keepsActivations, ...(modules !== undefined && { modules }) })),
      identity,
    },
    folder,
    note: noteOf(journal),
    [Symbol.asyncDispose]: async () => {
      await journal.close();
      if (directory === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What several processes may have open at once: edits and activations. */
export async function openSharedStores(
  folder: string,
  { keepsActivations, modules }: { readonly keepsActivations: boolean; readonly modules?: readonly string[] },
): Promise<Pick<RunSuiteOptions, 'edits' | 'activations'>> {
  const loaders = await editLoaders(modules);
  return {
    edits: storedOrHeld(openEditCache(join(folder, 'edits'), { ...loaders, maxBytes: EDIT_BYTES })),
    ...(keepsActivations && { activations: { directory: join(folder, 'activations') } }),
  };
}

function noteOf({ repaired, size }: Journal): string | undefined {
  if (repaired === undefined) return size === 0 ? undefined : `goes on with ${size} finished units`;
  const { truncatedBytes, damaged, kept } = repaired;
  return `the journal was repaired: ${truncatedBytes} bytes of a torn line cut off, ${damaged.length} damaged lines given up, ${kept} units kept`;
}

/** Edits that no loader could read again, as those of a module of one's own, are held in memory. */
function storedOrHeld(cache: EditStore): EditStore {
  const held = new Map<string, Edit>();
  return {
    get: async (key) => held.get(key) ?? (await cache.get(key)),
    put: async (key, edit) => {
      try {
        await cache.put(key, edit);
      } catch (error) {
        if (!isSakeError(error) || !['unknown-kind', 'unsupported', 'invalid-input'].includes(error.code))
          throw error;
        held.set(key, edit);
      }
    },
  };
}
