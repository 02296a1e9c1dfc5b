import { createRandom, forcedSource, steeringContext, type CausalLM } from '@sakejs/spec';
import type { Dataset } from '../corpus/plan-dataset.js';
import { allPairs, type FactPrompt } from '../corpus/training-pairs.js';
import { greedyOutcomes, shareOf, type ExpectedAnswer, type GreedyOutcome } from './greedy-share.js';

/** What a trained model can do; shares in 0..1, null where nothing was asked. */
export interface ModelFigures {
  readonly facts: number;
  readonly relations: number;
  /** (fact, phrasing) pairs asked, statements and questions. */
  readonly pairs: number;
  readonly firstToken: number | null;
  readonly wholeObject: number | null;
  /** First token by kind of pair. */
  readonly byForm: {
    readonly statements: number | null;
    readonly questions: number | null;
    /** Phrasings that training never showed with that subject: those of the benchmark's paraphrases. */
    readonly withheld: number | null;
  };
  /** First token by relation. */
  readonly byRelation: Readonly<Record<string, number | null>>;
  readonly steering: {
    /** Steering context obeyed, subjects that training showed in none. */
    readonly keptOutSubjects: number | null;
    readonly keptOutPairs: number;
    readonly otherSubjects: number | null;
    readonly otherPairs: number;
  };
  readonly contexts: { readonly forcedSource: number | null };
  /** Answers whose first token has fewer than 3 characters, and objects that share one within their relation. */
  readonly tokens: { readonly shortFirstToken: number; readonly firstTokenCollisions: number };
}

export interface EvaluateOptions {
  readonly seed?: number;
  /** Steering contexts asked of subjects that were not kept out. Default 3000. */
  readonly otherPairs?: number;
  readonly onProgress?: (stage: string, done: number, total: number) => void;
}

/**
 * Measures a model on its dataset by greedy decoding.
 *
 * Every (fact, phrasing) pair is asked plainly; every pair of a kept-out subject, and a sample of the others, under a
 * steering context with a seeded other object of the relation.
 */
export async function evaluateModel(
  lm: CausalLM,
  dataset: Dataset,
  { seed = 0, otherPairs = 3000, onProgress }: EvaluateOptions = {},
): Promise<ModelFigures> {
  const pairs = [...allPairs(dataset)];
  const ask = (stage: string, expected: readonly ExpectedAnswer[]): Promise<GreedyOutcome[]> =>
    greedyOutcomes(lm, expected, (done, total) => onProgress?.(stage, done, total));
  const plain = await ask(
    'facts',
    pairs.map(({ prompt, fact }) => ({ prompt, object: fact.object })),
  );
  const where = (holds: (pair: FactPrompt) => boolean): GreedyOutcome[] =>
    plain.filter((_, i) => holds(pairs[i]!));

  const random = createRandom(seed).fork('evaluate');
  const objects = new Map<string, string[]>();
  for (const { relation, object } of dataset.facts)
    objects.set(relation, [...new Set([...(objects.get(relation) ?? []), object])]);
  const steered = ({ prompt, fact }: FactPrompt): ExpectedAnswer => {
    const targetNew = random.pick(objects.get(fact.relation)!.filter((object) => object !== fact.object));
    return { prompt: steeringContext({ prompt, targetTrue: fact.object, targetNew }), object: targetNew };
  };
  const keptOut = pairs.filter((pair) => pair.keptOut);
  const others = random.shuffle(pairs.filter((pair) => !pair.keptOut)).slice(0, otherPairs);
  const obeyedKeptOut = await ask('steering, kept-out subjects', keptOut.map(steered));
  const obeyedOthers = await ask('steering, other subjects', others.map(steered));
  const forced = await ask(
    'forced source',
    others.map(({ prompt, fact }) => ({
      prompt: forcedSource({ prompt, targetTrue: fact.object }),
      object: fact.object,
    })),
  );
  const relations = [...objects.keys()];
  return {
    facts: dataset.facts.length,
    relations: relations.length,
    pairs: pairs.length,
    firstToken: shareOf(plain, 'firstToken'),
    wholeObject: shareOf(plain, 'wholeObject'),
    byForm: {
      statements: shareOf(
        where(({ form }) => form === 'statement'),
        'firstToken',
      ),
      questions: shareOf(
        where(({ form }) => form === 'question'),
        'firstToken',
      ),
      withheld: shareOf(
        where(({ withheld }) => withheld),
        'firstToken',
      ),
    },
    byRelation: Object.fromEntries(
      relations.map((relation) => [
        relation,
        shareOf(
          where(({ fact }) => fact.relation === relation),
          'firstToken',
        ),
      ]),
    ),
    steering: {
      keptOutSubjects: shareOf(obeyedKeptOut, 'firstToken'),
      keptOutPairs: keptOut.length,
      otherSubjects: shareOf(obeyedOthers, 'firstToken'),
      otherPairs: others.length,
    },
    contexts: { forcedSource: shareOf(forced, 'firstToken') },
    tokens: firstTokenFigures(lm, dataset, objects),
  };
}

function firstTokenFigures(
  lm: CausalLM,
  { facts }: Dataset,
  objects: ReadonlyMap<string, readonly string[]>,
): ModelFigures['tokens'] {
  const first = (object: string): number => lm.encode(` ${object}`)[0]!;
  const short = facts.filter(({ object }) => lm.decode([first(object)]).trim().length < 3).length;
  let colliding = 0;
  let all = 0;
  for (const names of objects.values()) {
    const tokens = names.map(first);
    all += tokens.length;
    colliding += tokens.filter((token) => tokens.filter((other) => other === token).length > 1).length;
  }
  return { shortFirstToken: short / facts.length, firstTokenCollisions: colliding / all };
}
