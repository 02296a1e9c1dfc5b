/**
 * - `dropped`: left out of the dataset
 * - `changed`: in the dataset in another form than in the file
 * - `odd`: in the dataset as the file has it, and worth a look
 */
export type NoteKind = 'dropped' | 'changed' | 'odd';

/** One thing that a file has and a clean one would not. */
export interface DatasetNote {
  readonly kind: NoteKind;
  /** What, in words: `answers without a label`. */
  readonly what: string;
  readonly count: number;
  /** The first record that has it, from 0. */
  readonly firstRecord: number;
}

/** Counts what is dropped, changed and odd while a file is read. */
export interface NoteCounter {
  add(kind: NoteKind, what: string, record: number, count?: number): void;
  /** In the order of {@link NoteKind}, then of appearance. */
  notes(): readonly DatasetNote[];
}

const order: readonly NoteKind[] = ['dropped', 'changed', 'odd'];

export function createNoteCounter(): NoteCounter {
  const found = new Map<string, DatasetNote>();
  return {
    add(kind, what, record, count = 1) {
      if (count === 0) return;
      const key = `${kind}/${what}`;
      const before = found.get(key);
      found.set(key, {
        kind,
        what,
        count: (before?.count ?? 0) + count,
        firstRecord: before?.firstRecord ?? record,
      });
    },
    notes: () => order.flatMap((kind) => [...found.values()].filter((note) => note.kind === kind)),
  };
}
