import type { CausalLM, Edit, Json, PromptDistribution, PromptGenerator, TensorBundle } from '@sakejs/spec';
import { unitKey } from '../journal/unit-key.js';
import type { PreparedCase } from './prepared-suite.js';
import { attempt, isUnlearnable, type Failure } from './failures.js';
import type { MethodEntry } from './method-entry.js';
import { measurePeakMemory } from './peak-memory.js';
import type { EditStore, UnitStore } from './unit-store.js';

/** What all units of a run have in common. */
export interface LearnSettings {
  readonly lm: CausalLM;
  readonly prompts: PromptGenerator;
  readonly count: number;
  readonly seed: number;
  readonly units: UnitStore;
  readonly edits: EditStore;
  /** What every unit's key depends on: model, runtime, versions. */
  readonly base: Json;
  readonly signal: AbortSignal | undefined;
}

/** What became of learning one case with one method. */
export interface Learned {
  readonly key: string;
  readonly failure?: Failure;
  /** Bytes of the edit's stored tensors. */
  readonly bytes: number;
  readonly seconds: number;
  /** By how many bytes the process's memory grew at most while the method learned; absent in units of earlier releases. */
  readonly memory?: number;
}

/** Learns the edits of one case, its prompts made once for all methods that share a source. */
export interface CaseLearner {
  learn(entry: MethodEntry): Promise<Learned>;
  /** The edit of a finished unit, learned again where it is no longer stored; undefined where it failed. */
  edit(entry: MethodEntry, learned: Learned): Promise<Edit | undefined>;
  /** The prompts that a method learns the case from. */
  prompts(entry: MethodEntry): Promise<PromptDistribution>;
  /** Lets go of the prompts; they are made again where they are needed once more. */
  release(): void;
}

/** @see CaseLearner */
export function caseLearner(settings: LearnSettings, item: PreparedCase): CaseLearner {
  const { lm, units, edits, seed, signal, base } = settings;
  const { request, withheld } = item.case;
  const made = new Map<PromptGenerator, Map<number, Promise<PromptDistribution>>>();
  const passing = signal === undefined ? {} : { signal };

  const distribution = (source: PromptGenerator, count: number): Promise<PromptDistribution> => {
    const ofSource = made.get(source) ?? new Map<number, Promise<PromptDistribution>>();
    made.set(source, ofSource);
    const known = ofSource.get(count);
    if (known !== undefined) return known;
    const promise = source.generate(request, { count, seed, withhold: withheld, ...passing });
    ofSource.set(count, promise);
    return promise;
  };
  const promptsOf = ({ prompts, count }: MethodEntry): Promise<PromptDistribution> =>
    distribution(prompts ?? settings.prompts, count ?? settings.count);
  const work = async (entry: MethodEntry): Promise<Edit> =>
    entry.method!.learn(request, { lm, prompts: await promptsOf(entry), seed, ...passing });

  return {
    async learn(entry) {
      const source = entry.prompts ?? settings.prompts;
      const key = unitKey([
        'learn',
        base,
        [entry.name, entry.fingerprint ?? null],
        { ...request },
        [source.kind, source.fingerprint ?? null, entry.count ?? settings.count, seed],
        [...withheld],
      ]);
      const known = (await units.get(key)) as Omit<Learned, 'key'> | undefined;
      if (known !== undefined) return { ...known, key };
      const started = performance.now();
      const prompted = await attempt(() => promptsOf(entry));
      const outcome =
        'failure' in prompted ? prompted : await attempt(() => measurePeakMemory(() => work(entry)));
      const seconds = (performance.now() - started) / 1000;
      if ('failure' in outcome) {
        const failure = { ...outcome.failure, ...('failure' in prompted && { ofPrompts: true as const }) };
        const result = { failure, bytes: 0, seconds };
        if (isUnlearnable(failure)) await units.put(key, result);
        return { ...result, key };
      }
      const { value: edit, bytes: memory } = outcome.value;
      await edits.put(key, edit);
      const result = { bytes: editBytes(edit), seconds, memory };
      await units.put(key, result);
      return { ...result, key };
    },
    async edit(entry, { key, failure }) {
      if (failure !== undefined) return undefined;
      const stored = await edits.get(key);
      if (stored !== undefined) return stored;
      const edit = await work(entry);
      await edits.put(key, edit);
      return edit;
    },
    prompts: promptsOf,
    release: () => made.clear(),
  };
}

/** Bytes of the tensors and the text that an edit is stored as; 0 for one that cannot be stored. */
function editBytes(edit: Edit): number {
  try {
    return partBytes(edit).reduce((sum, bytes) => sum + bytes, 0);
  } catch {
    return 0;
  }
}

function partBytes(edit: Edit): number[] {
  const bundleBytes = ({ tensors }: TensorBundle): number =>
    Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
  switch (edit.kind) {
    case 'map':
      return [
        ...[edit, ...(edit.implied ?? [])].flatMap(({ scope, map }) => [scope.toTensors(), map.toTensors()]),
        ...(edit.later ?? []).map(({ map }) => map.toTensors()),
      ].map(bundleBytes);
    case 'prompt':
      return [bundleBytes(edit.scope.toTensors()), Buffer.byteLength(edit.prefix)];
    case 'layer-hook':
      return [bundleBytes(edit.scope.toTensors()), edit.hook.values.data.byteLength];
    case 'weight-delta':
      // Stored in float32, whatever they are held in.
      return [
        ...edit.deltas.flatMap((delta) => ('dense' in delta ? [delta.dense] : [delta.u, delta.v])),
        ...(edit.keys ?? []).map(({ key }) => ({ data: key })),
      ].map(({ data }) => 4 * data.length);
  }
}
