import { withheldPrompts, type CounterFactRecord } from '@sakejs/evaluation';
import { nestedSubsets } from '@sakejs/prompts';
import {
  isSakeError,
  SakeError,
  throwIfAborted,
  type EditRequest,
  type PromptDistribution,
  type PromptGenerator,
} from '@sakejs/spec';

/** A source with what it has for the records of a run, made once for all sizes. */
export interface PreparedSource {
  /** `template`, or a file's path. */
  readonly name: string;
  readonly source: PromptGenerator;
  /** As many prompts as there are, up to the largest size. */
  readonly distributions: Map<CounterFactRecord, PromptDistribution>;
}

export interface PrepareOptions {
  /** Prompts of a distribution, where there are so many. */
  readonly largest: number;
  /** Records for which a source has fewer are left out. */
  readonly smallest: number;
  /** Enough records. Default: all. */
  readonly limit?: number | undefined;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly onRecord: (done: number) => void;
}

/**
 * Makes the prompts of the records that every source serves, in file order; test prompts are withheld, record by record.
 *
 * @returns those records; the sources hold their distributions.
 */
export async function prepareSources(
  sources: readonly PreparedSource[],
  records: readonly CounterFactRecord[],
  { largest, smallest, limit = Infinity, seed, signal, onRecord }: PrepareOptions,
): Promise<CounterFactRecord[]> {
  const served: CounterFactRecord[] = [];
  for (const [index, record] of records.entries()) {
    if (served.length >= limit) break;
    throwIfAborted(signal, 'prepareSources');
    const withhold = withheldPrompts(record);
    let isServed = true;
    for (const { source, distributions } of sources) {
      const generate = (count: number): Promise<PromptDistribution> =>
        source.generate(record.request, { count, seed, withhold, signal });
      const made = await asManyAsThereAre(generate, largest);
      isServed = made !== undefined && made.prompts.length >= smallest;
      if (!isServed) break;
      distributions.set(record, made!);
    }
    if (isServed) served.push(record);
    onRecord(index + 1);
  }
  return served;
}

/** The distribution, with fewer prompts where there are no more; undefined where there are none. */
async function asManyAsThereAre(
  generate: (count: number) => Promise<PromptDistribution>,
  count: number,
): Promise<PromptDistribution | undefined> {
  try {
    return await generate(count);
  } catch (error) {
    if (!isSakeError(error)) throw error;
    if (error.code === 'not-found') return undefined;
    const made = error.code === 'not-enough-data' ? error.details['made'] : undefined;
    if (typeof made !== 'number' || made < 1 || made >= count) throw error;
    return generate(made);
  }
}

/**
 * A source that gives nested subsets of what was prepared: a smaller size is within every larger one.
 *
 * @throws {SakeError} from `generate`: `not-found` for another request.
 */
export function nestedSource(
  { source, distributions }: PreparedSource,
  { subsetSeed }: { readonly subsetSeed: number },
): PromptGenerator {
  const prepared = new Map(
    [...distributions.values()].map((distribution) => [key(distribution.request), distribution]),
  );
  return {
    kind: source.kind,
    async generate(request, { count, signal }) {
      throwIfAborted(signal, 'generate');
      const distribution = prepared.get(key(request));
      if (distribution === undefined)
        throw new SakeError(
          'not-found',
          `generate: expected a prepared request, got ${JSON.stringify(request)}`,
        );
      return nestedSubsets(distribution, [count], { seed: subsetSeed })[0]!;
    },
  };
}

function key({ subject, prompt, targetTrue, targetNew }: EditRequest): string {
  return JSON.stringify([subject, prompt, targetTrue, targetNew]);
}
