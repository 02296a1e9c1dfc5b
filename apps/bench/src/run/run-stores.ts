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
  /** What was put right when the journal was opened, as a sentence. */
  readonly note: string | undefined;
}

/**
 * Opens the journal of a run with its edits and activations beside it.
 *
 * Without a folder nothing outlasts the run, and edits lie in a temporary folder, so that memory does not grow with their
 * number.
 *
 * @throws {SakeError} as `openJournal`; the message says how to go on.
 */
export async function openRunStores(
  directory: string | undefined,
  settings: { readonly modules?: readonly string[]; readonly repair?: boolean } = {},
): Promise<RunStores> {
  const loaders = await editLoaders(settings.modules);
  const identity = { 'sake-bench': manifest.version };
  const folder = directory ?? mkdtempSync(join(tmpdir(), 'sake-bench-edits-'));
  const edits = storedOrHeld(openEditCache(join(folder, 'edits'), { ...loaders, maxBytes: EDIT_BYTES }));
  if (directory === undefined)
    return {
      options: { edits, identity },
      note: undefined,
      [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
    };
  const journal = await openJournal(directory, { identity, repair: settings.repair ?? false });
  return {
    options: { units: journal, edits, identity, activations: { directory: join(directory, 'activations') } },
    note: noteOf(journal),
    [Symbol.asyncDispose]: () => journal.close(),
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
        if (!isSakeError(error) || !['unknown-kind', 'unsupported', 'invalid-input'].includes(error.code)) throw error;
        held.set(key, edit);
      }
    },
  };
}
