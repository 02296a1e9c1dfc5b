import { createSteeredLM, withActivationCache } from '@sakejs/editor';
import {
  fillPrompt,
  throwIfAborted,
  type CausalLM,
  type Edit,
  type EditMethod,
  type PromptGenerator,
  type PromptKind,
} from '@sakejs/spec';
import type { CounterFactDataset, CounterFactRecord } from '../datasets/counterfact.js';
import { directDoubt, indirectDoubt } from '../protocols/doubt-prompts.js';
import { withheldPrompts } from '../suites/counterfact-suite.js';
import { clusterBootstrapInterval, type Interval, type Trial } from '../statistics/intervals.js';

/** What a gate is asked: the first four should be let in, the others kept out. */
export const gateColumns = [
  'request',
  'paraphrases',
  'doubtIndirect',
  'doubtDirect',
  'neighbours',
  'otherRelation',
  'topicChange',
  'unrelated',
] as const;

export type GateColumn = (typeof gateColumns)[number];

/** Share of prompts let in; null without prompts. */
export interface GateShare {
  readonly value: number | null;
  readonly n: number;
  readonly interval: Interval | null;
}

export interface GateRow {
  readonly gate: string;
  readonly columns: Readonly<Record<GateColumn, GateShare>>;
}

export interface CompareGatesOptions {
  readonly lm: CausalLM;
  readonly dataset: CounterFactDataset;
  /** Methods whose edits carry the gates; their maps are not used. */
  readonly gates: readonly EditMethod[];
  readonly prompts: PromptGenerator;
  /** Prompts an edit. Default 50. */
  readonly count?: number;
  readonly seed?: number;
  /** Prompts a record and kind of those that only generated text has. Default 8. */
  readonly perKind?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Seeds of the held-out negatives lie apart from those that gates are fitted with. */
const HELD_OUT = 1_000_003;

/**
 * How often each gate lets each kind of prompt in, every edit alone.
 *
 * Request, paraphrases and neighbours are the records'; doubts are the paper's; the other kinds are generated with another
 * seed than the gates' own prompts, so wordings recur there but texts do not. Test prompts are withheld from
 * everything generated.
 */
export async function compareGates(options: CompareGatesOptions): Promise<GateRow[]> {
  const { dataset, gates, prompts, count = 50, seed = 0, perKind = 8, signal, onProgress } = options;
  const lm = withActivationCache(options.lm);
  const trials = gates.map(() => Object.fromEntries(gateColumns.map((column) => [column, [] as Trial[]])));
  for (const [cluster, record] of dataset.records.entries()) {
    throwIfAborted(signal, 'compareGates');
    onProgress?.(cluster, dataset.records.length);
    const passing = { count, withhold: withheldPrompts(record), ...(signal === undefined ? {} : { signal }) };
    const distribution = await prompts.generate(record.request, { ...passing, seed });
    const heldOut = await prompts.generate(record.request, { ...passing, seed: seed + HELD_OUT });
    const fitted = new Set(distribution.negatives.map(({ text }) => text));
    const generated = (kind: PromptKind): string[] =>
      heldOut.negatives
        .filter((prompt) => prompt.kind === kind && !fitted.has(prompt.text))
        .slice(0, perKind)
        .map(({ text }) => text);
    const asked = askedOf(record, generated);
    for (const [index, gate] of gates.entries()) {
      const edit = await gate.learn(record.request, { lm, prompts: distribution, seed });
      for (const column of gateColumns)
        for (const open of await letIn(lm, edit, asked[column]))
          trials[index]![column]!.push({ cluster, value: open ? 1 : 0 });
    }
  }
  onProgress?.(dataset.records.length, dataset.records.length);
  return gates.map(({ name }, index) => ({
    gate: name,
    columns: Object.fromEntries(
      gateColumns.map((column) => [column, share(trials[index]![column]!, seed)]),
    ) as Record<GateColumn, GateShare>,
  }));
}

function askedOf(
  { request, paraphrasePrompts, neighborhoodPrompts }: CounterFactRecord,
  generated: (kind: PromptKind) => string[],
): Record<GateColumn, readonly string[]> {
  return {
    request: [fillPrompt(request.prompt, request.subject)],
    paraphrases: paraphrasePrompts,
    doubtIndirect: [indirectDoubt(request)],
    doubtDirect: [directDoubt(request)],
    neighbours: neighborhoodPrompts,
    otherRelation: generated('other-relation'),
    topicChange: generated('topic-change'),
    unrelated: generated('unrelated'),
  };
}

async function letIn(lm: CausalLM, edit: Edit, prompts: readonly string[]): Promise<boolean[]> {
  if (prompts.length === 0) return [];
  const responses = await createSteeredLM(lm, [edit]).respond(prompts);
  return responses.map((response) => response.edit !== undefined);
}

function share(trials: readonly Trial[], seed: number): GateShare {
  if (trials.length === 0) return { value: null, n: 0, interval: null };
  const value = trials.reduce((sum, trial) => sum + trial.value, 0) / trials.length;
  return { value, n: trials.length, interval: clusterBootstrapInterval(trials, { seed }) };
}
