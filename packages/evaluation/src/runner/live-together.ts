import { weightConflicts } from '@sakejs/editor';
import type { BatchItem, Edit, WeightDeltaEdit } from '@sakejs/spec';
import { unitKey } from '../journal/unit-key.js';
import { attempt } from './failures.js';
import type { LiveEdits } from './scoring.js';
import type { MethodRun, SuiteRun } from './suite-run.js';

/** A method's edits, all live. */
export interface TogetherEdits {
  /** All of them, with a case's own told apart; loaded at most once. */
  of(index: number): LiveEdits;
  /** How they get in each other's way, as sentences; none where they cannot be loaded, which their cases then tell. */
  conflicts(): Promise<string[]>;
}

/** What all edits of a method are filed under, one a case, null where it has none, and how they are loaded. */
interface Loading {
  readonly keys: readonly (string | null)[];
  readonly load: () => Promise<(Edit | undefined)[]>;
}

/** Every edit of a method, as one batch where the method can learn many at once, else each as it was learned by itself. */
export function liveTogether(run: SuiteRun, method: MethodRun): TogetherEdits {
  const { keys, load } = method.entry.method?.learnBatch === undefined ? alone(method) : batched(run, method);
  let loading: Promise<(Edit | undefined)[]> | undefined;
  const loaded = (): Promise<(Edit | undefined)[]> => (loading ??= load());
  return {
    of: (index) => ({
      key: { all: [...keys], own: keys[index] ?? null },
      load: async () => {
        const edits = await loaded();
        return { live: edits.filter((edit) => edit !== undefined), own: edits[index] };
      },
    }),
    conflicts: async () => {
      const first = keys.find((key) => key !== null);
      // Edits of other kinds have none, and a run whose scores are all known need not load them.
      const kind = first === undefined ? undefined : (await run.learning.edits.get(first))?.kind;
      if (first === undefined || (kind !== undefined && kind !== 'weight-delta')) return [];
      const outcome = await attempt(loaded);
      return 'failure' in outcome ? [] : conflictsAmong(outcome.value);
    },
  };
}

function keysOf({ learned }: MethodRun): (string | null)[] {
  return learned.map((unit) => (unit === undefined || unit.failure !== undefined ? null : unit.key));
}

function alone(method: MethodRun): Loading {
  const { entry, learned, learners } = method;
  return {
    keys: keysOf(method),
    load: async () => {
      const edits: (Edit | undefined)[] = [];
      for (const [index, unit] of learned.entries())
        edits.push(unit === undefined ? undefined : await learners[index]!.edit(entry, unit));
      return edits;
    },
  };
}

/** The batch of those that could be learned alone: an edit that cannot does not keep the others from being learned. */
function batched({ learning, prepared }: SuiteRun, method: MethodRun): Loading {
  const { lm, seed, signal, edits } = learning;
  const { entry, learners } = method;
  const members = keysOf(method);
  const keys = members.map((key) => (key === null ? null : unitKey(['batch', members, key])));
  const learn = async (): Promise<(Edit | undefined)[]> => {
    const chosen = [...members.keys()].filter((index) => members[index] !== null);
    const items: BatchItem[] = [];
    for (const index of chosen) {
      const { request } = prepared[index]!.case;
      items.push({ request, prompts: await learners[index]!.prompts(entry) });
      learners[index]!.release();
    }
    const made =
      items.length === 0
        ? []
        : await entry.method!.learnBatch!(items, { lm, seed, ...(signal && { signal }) });
    for (const [at, edit] of made.entries()) await edits.put(keys[chosen[at]!]!, edit);
    return members.map((_, index) => made[chosen.indexOf(index)]);
  };
  return {
    keys,
    load: async () => {
      const stored: (Edit | undefined)[] = [];
      for (const key of keys) stored.push(key === null ? undefined : await edits.get(key));
      const isWhole = stored.every((edit, index) => keys[index] === null || edit !== undefined);
      return isWhole ? stored : learn();
    },
  };
}

function conflictsAmong(edits: readonly (Edit | undefined)[]): string[] {
  const changes = edits.flatMap((edit): WeightDeltaEdit[] => (edit?.kind === 'weight-delta' ? [edit] : []));
  const conflicts = weightConflicts(changes);
  if (conflicts.length === 0) return [];
  const suffering = new Set(conflicts.map(({ edit }) => edit));
  return [
    `${suffering.size} of ${changes.length} live changes of weights are in conflict with others; the first: ${conflicts[0]!.message}`,
  ];
}
