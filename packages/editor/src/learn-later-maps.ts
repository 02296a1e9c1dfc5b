import {
  type CausalLM,
  type LaterMap,
  type Mapper,
  type Matrix,
  type PromptDistribution,
  SakeError,
  selectRows,
  throwIfAborted,
} from '@sakejs/spec';
import { greedyTokens, meanLogProbability, objectTokens } from './next-token.js';
import { promptGroups } from './prompt-groups.js';

/** How many tokens behind an object's first: a number at most, or `all`. */
export type LaterTokens = number | 'all';

/** A later map and how many steering contexts went on with the object where it was learned. */
export interface LearnedLaterMap extends LaterMap {
  readonly obeying: number;
}

export interface LaterMapsInput {
  readonly lm: CausalLM;
  readonly mapper: Mapper;
  readonly prompts: PromptDistribution;
  /** The new object. */
  readonly object: string;
  /** Plain prompts, then forced sources where they are rows of the map. */
  readonly sources: readonly string[];
  /** The prompts' steering contexts, in order. */
  readonly contexts: readonly string[];
  /** How many later tokens, of those the object has. */
  readonly count: number;
  /** Which contexts become target rows, given those that go on with the object behind `position` of its tokens. */
  choose(obeying: readonly number[], position: number): readonly number[];
  readonly signal: AbortSignal | undefined;
}

/**
 * For how many later tokens of an object maps are wanted.
 *
 * @throws {SakeError} `invalid-option` for neither a whole number of at least 0 nor `all`.
 */
export function countLaterTokens(lm: CausalLM, object: string, wanted: LaterTokens, where: string): number {
  if (wanted !== 'all' && (!Number.isInteger(wanted) || wanted < 0))
    throw new SakeError(
      'invalid-option',
      `${where}: expected laterTokens to be a whole number of at least 0 or 'all', got ${JSON.stringify(wanted)}`,
    );
  if (wanted === 0) return 0;
  const there = objectTokens(lm, object).length - 1;
  return wanted === 'all' ? there : Math.min(wanted, there);
}

/**
 * Maps for the later tokens of a new object, one a position.
 *
 * Position k: source rows [n or 2n, d] are the states of the plain prompts (and forced sources) behind the first k
 * tokens of the *new* object, because these stand in the text by the time the map is applied; target rows those of
 * the steering contexts behind the same tokens. One pass over the model serves all positions.
 *
 * @throws {SakeError} what `choose`, the mapper and the model throw.
 */
export async function learnLaterMaps(input: LaterMapsInput): Promise<LearnedLaterMap[]> {
  const { lm, mapper, prompts, sources, contexts, count, choose, signal } = input;
  if (count === 0) return [];
  const object = objectTokens(lm, input.object);
  const capture = async (texts: readonly string[]): Promise<(position: number) => Matrix> => {
    const sequences = texts.map((text) => [...lm.encode(text), ...object.slice(0, count)]);
    // Equal sequences are run once, whatever positions are read of them.
    const states = await lm.capture(Array.from({ length: count }, () => sequences).flat(), {
      positions: Array.from({ length: count }, (_, at) =>
        sequences.map(({ length }) => length - count + at),
      ).flat(),
      ...(signal === undefined ? {} : { signal }),
    });
    return (position) =>
      selectRows(
        states,
        texts.map((_, index) => (position - 1) * texts.length + index),
      );
  };
  const sourceAt = await capture(sources);
  const targetAt = await capture(contexts);

  const maps: LearnedLaterMap[] = [];
  for (let position = 1; position <= count; position++) {
    throwIfAborted(signal, 'learnEdit');
    const next = object[position]!;
    const targets = targetAt(position);
    const obeying = greedyTokens(await lm.project(targets)).flatMap((token, index) =>
      token === next ? [index] : [],
    );
    const kept = choose(obeying, position);
    const { groups } = promptGroups(prompts, kept);
    const map = await mapper.fit({
      source: sourceAt(position),
      target: selectRows(targets, kept),
      sourceGroups: sources.map((_, index) => groups[index % groups.length]!),
      targetGroups: kept.map((index) => groups[index]!),
      score: async (mapped: Matrix) => meanLogProbability(await lm.project(mapped), next),
    });
    maps.push({ after: object.slice(0, position), map, obeying: obeying.length });
  }
  return maps;
}
