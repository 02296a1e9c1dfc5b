import type { CounterFactDataset } from '@sakejs/evaluation';
import { createRandom, type CausalLM } from '@sakejs/spec';
import { documentKinds } from '../corpus/document-kinds.js';
import { createFactBook } from '../corpus/fact-book.js';
import type { Dataset } from '../corpus/plan-dataset.js';
import { groupFacts } from '../records/group-facts.js';
import { createAsker, type OnProgress } from './ask.js';
import { measureContexts } from './contexts.js';
import { defaultCounts } from './default-counts.js';
import { measureCounterFact, type CounterFactFigures } from './counterfact.js';
import { measurePairs, type PairFigures } from './pairs.js';
import { countsOf, sharesOf } from './share.js';
import { measureSteering, type SteeringFigures } from './steering.js';
import { tokenFigures, type TokenFigures } from './token-figures.js';
import { measureTwoHop, type TwoHopFigures } from './two-hop.js';

type TwoHopName = keyof TwoHopFigures;

/** What a trained model can do; shares in 0..1, null where nothing was asked. */
export interface ModelFigures extends Omit<PairFigures, 'byFormCounts'> {
  readonly facts: number;
  readonly relations: number;
  /** On a file in CounterFact's schema; null without one. */
  readonly counterfactDev: CounterFactFigures | null;
  readonly steering: SteeringFigures;
  /** First token right by form of context, on kept-out subjects. */
  readonly contexts: Readonly<Record<string, number | null>>;
  readonly twoHop: Readonly<Record<TwoHopName, number | null>>;
  /** How many prompts each share is of. */
  readonly counts: {
    readonly byForm: PairFigures['byFormCounts'];
    readonly contexts: Readonly<Record<string, number>>;
    readonly twoHop: Readonly<Record<TwoHopName, number>>;
  };
  readonly tokens: TokenFigures;
}

export interface EvaluateOptions {
  readonly seed?: number;
  /** Asks so many (fact, phrasing) pairs plainly, drawn by chance; default: all. */
  readonly sample?: number;
  /** Most steering contexts of kept-out subjects. Default {@link defaultCounts}. */
  readonly keptOutPairs?: number;
  /** Steering contexts asked of subjects that were not kept out. Default {@link defaultCounts}. */
  readonly otherPairs?: number;
  /** Prompts a form of context, two hops included. Default {@link defaultCounts}. */
  readonly contextPrompts?: number;
  readonly counterfact?: CounterFactDataset;
  readonly onProgress?: OnProgress;
}

const { implication, imagined, demonstrations, chat, doubt, toldThenDoubted, topicChange, steeringQuestion } =
  documentKinds;
/** The kinds of documents that answer in a context. */
const contextKinds = {
  implication,
  imagined,
  demonstrations,
  chat,
  doubt,
  toldThenDoubted,
  topicChange,
  steeringQuestion,
};

/**
 * Measures a model on its dataset by greedy decoding: the few prompts of contexts and records first, then every
 * (fact, phrasing) pair plainly. A pure function of model, dataset and options.
 */
export async function evaluateModel(
  lm: CausalLM,
  dataset: Dataset,
  options: EvaluateOptions = {},
): Promise<ModelFigures> {
  const {
    seed = 0,
    sample,
    keptOutPairs = defaultCounts.keptOutPairs,
    otherPairs = defaultCounts.otherPairs,
    contextPrompts: count = defaultCounts.contextPrompts,
    counterfact,
    onProgress,
  } = options;
  const random = createRandom(`evaluate/${seed}`);
  const asker = createAsker(lm, onProgress);
  const book = createFactBook(dataset);
  const counterfactDev = counterfact ? await measureCounterFact(asker, lm, dataset, counterfact) : null;
  const steering = await measureSteering(asker, dataset, {
    random: random.fork('steering'),
    keptOutPairs,
    otherPairs,
  });
  const contexts = await measureContexts(asker, lm, {
    book,
    kinds: contextKinds,
    random: random.fork('contexts'),
    count,
  });
  const twoHop: Record<TwoHopName, TwoHopFigures[TwoHopName]> = await measureTwoHop(asker, {
    book,
    compositions: dataset.compositions,
    random: random.fork('two hops'),
    count,
  });
  const { byFormCounts, ...pairs } = await measurePairs(asker, dataset, {
    random: random.fork('pairs'),
    ...(sample === undefined ? {} : { sample }),
  });
  return {
    facts: dataset.facts.length,
    relations: groupFacts(dataset.facts, 'relation').size,
    ...pairs,
    counterfactDev,
    steering,
    contexts: sharesOf(contexts),
    twoHop: sharesOf(twoHop),
    counts: { byForm: byFormCounts, contexts: countsOf(contexts), twoHop: countsOf(twoHop) },
    tokens: tokenFigures(lm, dataset),
  };
}
