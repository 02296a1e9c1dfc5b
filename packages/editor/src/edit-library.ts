import { type Edit, SakeError } from '@sakejs/spec';

export interface AddOptions {
  /** Put the edit in the place of one with the same id instead of failing. Default false. */
  readonly replace?: boolean;
}

/** Edits by id, oldest first. Adding or removing one leaves the others as they are. */
export interface EditLibrary {
  readonly size: number;
  has(id: string): boolean;
  /** @throws {SakeError} `not-found`. */
  get(id: string): Edit;
  /** Oldest first by the time each was learned, ties by id: the same order in memory and from disk. */
  list(): readonly Edit[];
  /** @throws {SakeError} `already-exists` for an id that is taken, without `replace`. */
  add(edit: Edit, options?: AddOptions): Promise<void>;
  /** @throws {SakeError} `not-found`. */
  remove(id: string): Promise<void>;
}

/** A library in memory, holding the given edits. */
export function createEditLibrary(edits: Iterable<Edit> = []): EditLibrary {
  const held = new Map<string, Edit>();
  let ordered: readonly Edit[] | undefined;

  const insert = (edit: Edit, { replace = false }: AddOptions): void => {
    if (!replace && held.has(edit.id)) throw taken(edit);
    held.set(edit.id, edit);
    ordered = undefined;
  };
  for (const edit of edits) insert(edit, {});

  return {
    get size() {
      return held.size;
    },
    has: (id) => held.has(id),
    get: (id) => held.get(id) ?? missing(id, 'get', held.size),
    list: () => (ordered ??= Object.freeze([...held.values()].sort(byAge))),
    add: async (edit, options = {}) => insert(edit, options),
    remove: async (id) => {
      if (!held.delete(id)) missing(id, 'remove', held.size);
      ordered = undefined;
    },
  };
}

/** The error for an id that is in use. */
export function taken(edit: Edit): SakeError {
  const { subject, targetNew } = edit.request;
  return new SakeError(
    'already-exists',
    `add: expected an edit that the library lacks, got '${edit.id}' (${subject} → ${targetNew}) again; pass \`replace: true\` to replace it`,
    { details: { id: edit.id } },
  );
}

/** Throws the error for an id that is not there. */
export function missing(id: string, where: string, size: number): never {
  throw new SakeError(
    'not-found',
    `${where}: expected the id of one of the library's ${size} edits, got ${JSON.stringify(id)}; list() shows them`,
    { details: { id } },
  );
}

function byAge(a: Edit, b: Edit): number {
  const order = Date.parse(a.provenance.createdAt) - Date.parse(b.provenance.createdAt);
  if (order !== 0) return order;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}
