import { createHash } from 'node:crypto';
import { checkLearnInput, editId, provenanceOf } from '@sakejs/editor';
import {
  matrix,
  row,
  SakeError,
  throwIfAborted,
  type BatchItem,
  type CausalLM,
  type EditMethod,
  type EditRequest,
  type WeightDeltaEdit,
} from '@sakejs/spec';
import { once } from '../once.js';
import { createKeySolver, type KeySolver } from '../rome/key-solver.js';
import type { KeyMoments } from '../rome/key-moments.js';
import type { MomentsReader } from '../rome/rome.js';
import { plannedPrefixes } from '../rome/rome-settings.js';
import { samplePrefixes, type SamplePrefixesOptions } from '../rome/sample-prefixes.js';
import { memorise, type Association, type Memories, type Memory } from './memorise.js';
import type { MemitSettings } from './memit-settings.js';
import { memitUpdate, type MemitLayerUpdate } from './memit-update.js';

/** A method that learns edits of weights one by one or many at once. */
export type BatchEditMethod = EditMethod<WeightDeltaEdit> &
  Required<Pick<EditMethod<WeightDeltaEdit>, 'learnBatch'>>;

/** What sets methods of this kind apart. */
export interface MemitParts {
  readonly name: string;
  readonly settings: MemitSettings;
  /** Second moments of each critical block's keys. */
  readonly moments: readonly KeyMoments[] | MomentsReader;
  readonly ridge: number;
  readonly start: SamplePrefixesOptions['start'];
  /** z by association: learned for an edit alone, it serves its batch too. */
  readonly memories: Memories;
  /** What is written besides the request itself. */
  readonly further: (
    lm: CausalLM,
    item: BatchItem,
    options: { readonly signal: AbortSignal | undefined },
  ) => Promise<readonly Association[]>;
}

/** What a method keeps of the models that it has learned on. */
interface Kept {
  readonly solvers: Map<string, Promise<KeySolver>>;
  readonly prefixes: Map<string, Promise<string[]>>;
}

interface Learning {
  readonly lm: CausalLM;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  /** Tells the model from others. */
  readonly model: string;
}

/** A method of MEMIT's kind from its parts. */
export function createMemit(parts: MemitParts): BatchEditMethod {
  const { name } = parts;
  const kept: Kept = { solvers: new Map(), prefixes: new Map() };
  const learnBatch: BatchEditMethod['learnBatch'] = async (given, { lm, seed = 0, signal }) => {
    const items = checkItems(given, name);
    throwIfAborted(signal, name);
    const model = `${lm.info.sha256} ${lm.info.runtime['change'] ?? ''}`;
    const learning: Learning = { lm, seed, signal, model };
    const memories: Memory[][] = [];
    for (const item of items) memories.push(await memoriesOf(item, parts, kept, learning));
    const updates = await memitUpdate(lm, memories.flat(), {
      settings: parts.settings,
      solverOf: (layer) =>
        once(kept.solvers, `${model} ${layer}`, async () =>
          createKeySolver(await momentsOf(parts, layer, learning), { ridge: parts.ridge }),
        ),
      ...(signal && { signal }),
    });
    return editsOf(items, memories, updates, parts, learning);
  };
  return {
    name,
    learn: async (request, { prompts, ...context }) =>
      (await learnBatch([{ request, prompts }], context))[0]!,
    learnBatch,
  };
}

/** @throws {SakeError} `not-enough-data` without items, `invalid-input` for a request given twice, as `checkLearnInput`. */
function checkItems(items: readonly BatchItem[], where: string): BatchItem[] {
  if (items.length === 0)
    throw new SakeError('not-enough-data', `${where}: expected at least one edit to learn, got none`);
  const checked = items.map(({ request, prompts }) => ({
    request: checkLearnInput(request, prompts, where),
    prompts,
  }));
  const ids = checked.map(({ request }) => editId(request));
  const twice = ids.find((id, at) => ids.indexOf(id) < at);
  if (twice !== undefined)
    throw new SakeError(
      'invalid-input',
      `${where}: expected each edit of a batch once, got '${twice}' twice`,
    );
  return checked;
}

/** z of the request, then of what is written besides. */
async function memoriesOf(
  item: BatchItem,
  { settings, start, further, memories }: MemitParts,
  { prefixes }: Kept,
  { lm, seed, signal, model }: Learning,
): Promise<Memory[]> {
  const cancel = signal === undefined ? {} : { signal };
  const texts = await once(prefixes, `${model} ${seed}`, () =>
    samplePrefixes(lm, {
      ...{ plan: settings.prefixes, starts: settings.prefixStarts, seed },
      ...(start !== undefined && { start }),
      ...cancel,
    }),
  );
  const origin = `${model} ${JSON.stringify(start ?? null)}`;
  const found: Memory[] = [];
  for (const association of [own(item.request), ...(await further(lm, item, { signal }))])
    found.push(
      await memories.get({ association, settings, seed, model: origin }, () =>
        memorise(lm, association, { settings, prefixes: texts, ...cancel }),
      ),
    );
  return found;
}

const own = ({ subject, prompt, targetNew }: EditRequest): Association => ({
  subject,
  prompt,
  object: targetNew,
});

async function momentsOf(
  { moments, name }: MemitParts,
  layer: number,
  { lm, signal }: Learning,
): Promise<KeyMoments> {
  const found =
    typeof moments === 'function'
      ? await moments(lm, layer, signal)
      : moments.find((each) => each.layer === layer);
  if (found?.layer === layer) return found;
  throw new SakeError('invalid-option', `${name}: expected moments of block ${layer}, got none`);
}

/** Each edit's share of the change: its columns of U and rows of V. */
function editsOf(
  items: readonly BatchItem[],
  memories: readonly (readonly Memory[])[],
  updates: readonly MemitLayerUpdate[],
  { name, settings, ridge }: MemitParts,
  { lm, seed }: Learning,
): WeightDeltaEdit[] {
  const ids = items.map(({ request }) => editId(request));
  const batch = {
    id: createHash('sha256').update(ids.join('\n')).digest('hex').slice(0, 16),
    size: ids.length,
  };
  const { prefixes, prefixStarts, layers, ...plain } = settings;
  let first = 0;
  return items.map(({ request, prompts }, at): WeightDeltaEdit => {
    const written = memories[at]!;
    const from = first;
    first += written.length;
    const last = written[0]!.steps.at(-1)!;
    return {
      kind: 'weight-delta',
      id: ids[at]!,
      request,
      deltas: updates.map((update) => shareOf(update, from, written.length)),
      keys: updates.map(({ layer, keys }) => ({ layer, key: row(keys, from).slice() })),
      ...(ids.length > 1 && { batch }),
      provenance: {
        method: name,
        ...provenanceOf(lm, prompts, seed),
        rows: { source: written[0]!.contexts.length, target: 0, obeying: 0 },
        settings: {
          layers: [...layers],
          ...plain,
          prefixes: plannedPrefixes(prefixes),
          ...(prefixStarts && { prefixStarts: [...prefixStarts] }),
          ridge,
          batch: ids.length,
          written: written.length,
          taken: written[0]!.steps.length,
          nll: last.nll,
          kl: last.kl,
        },
      },
    };
  });
}

function shareOf(
  { layer, u, v }: MemitLayerUpdate,
  from: number,
  count: number,
): WeightDeltaEdit['deltas'][0] {
  const columns = new Float32Array(u.rows * count);
  for (let r = 0; r < u.rows; r++)
    for (let c = 0; c < count; c++) columns[r * count + c] = u.data[r * u.cols + from + c]!;
  return {
    layer,
    u: matrix(u.rows, count, columns),
    v: matrix(count, v.cols, v.data.slice(from * v.cols, (from + count) * v.cols)),
  };
}
