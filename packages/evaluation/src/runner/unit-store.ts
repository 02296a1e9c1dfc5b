import type { Edit, Json } from '@sakejs/spec';

/** Finished units of work by key; a journal on disk, or nothing. */
export interface UnitStore {
  get(key: string): Json | undefined | Promise<Json | undefined>;
  put(key: string, value: Json): void | Promise<void>;
}

/** Learned edits by the key of the unit that learned them. */
export interface EditStore {
  get(key: string): Edit | undefined | Promise<Edit | undefined>;
  put(key: string, edit: Edit): void | Promise<void>;
}

/** Keeps nothing: every unit is worked anew. */
export const noUnits: UnitStore = { get: () => undefined, put: () => undefined };

/** Keeps every edit in memory. */
export function editsInMemory(): EditStore {
  const edits = new Map<string, Edit>();
  return {
    get: (key) => edits.get(key),
    put: (key, edit) => void edits.set(key, edit),
  };
}
