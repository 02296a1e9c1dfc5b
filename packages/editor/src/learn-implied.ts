import {
  type CausalLM,
  fillPrompt,
  fromRows,
  implicationContexts,
  type EditRequest,
  type ImplicationForm,
  type ImpliedMap,
  type ImpliedPrompts,
  type LabelledQuery,
  type Mapper,
  type Matrix,
  type PromptEmbedder,
  type PromptKind,
  type ScopeDetector,
  type ScopePrompt,
  selectRows,
  throwIfAborted,
} from '@sakejs/spec';
import { greedyTokens, meanLogProbability } from './next-token.js';
import { embedTexts, labelQueries, type ScopeText } from './scope-queries.js';

/** How the scopes of what follows from an edit are learned, by form; forms without one are left out. */
export type ImpliedScopes = Readonly<Partial<Record<ImplicationForm, ScopeDetector>>>;

/** Share of an implication's steering contexts that must agree on the answer. */
const AGREEMENT = 0.75;
/** Fewest agreeing contexts that a map is learned from. */
const LEAST_AGREEING = 8;

export interface ImpliedInput {
  readonly lm: CausalLM;
  readonly request: EditRequest;
  readonly implied: readonly ImpliedPrompts[];
  readonly scopes: ImpliedScopes;
  readonly mapper: Mapper;
  /** First token of the new object. */
  readonly newToken: number;
  /** The edit's target rows [m, d]. */
  readonly ownTarget: Matrix;
  /** Residual-stream layers that any scope of the edit looks at. */
  readonly layers: readonly number[];
  /** Whether any of those scopes compares sentence embeddings. */
  readonly embedding: boolean;
  readonly embedder: PromptEmbedder | undefined;
  readonly signal: AbortSignal | undefined;
  readonly where: string;
}

/** An implication as the model sees it. */
interface Seen {
  readonly of: ImpliedPrompts;
  readonly prompts: readonly LabelledQuery[];
  readonly negatives: readonly LabelledQuery[];
  /** What its map is learned towards; absent where the model gives no consistent answer. */
  readonly goal: Goal | undefined;
}

/** Target rows [m, d], the group of each, and the first token of the answer that they say. */
interface Goal {
  readonly target: Matrix;
  readonly groups: readonly number[] | undefined;
  readonly answer: number;
}

/** The edit's own rows and queries. */
export interface OwnRows {
  /** Plain prompts. */
  readonly asked: readonly LabelledQuery[];
  readonly negatives: readonly LabelledQuery[];
}

/** What is to be learned of an edit's implications, before its scopes are fitted. */
export interface ImpliedPlan {
  /** Questions that are not the edit's own, for its scope to tell from. */
  readonly negatives: readonly LabelledQuery[];
  /** Maps and scopes of those that the model answers consistently. */
  learn(own: OwnRows): Promise<ImpliedMap[]>;
  /** How many implications were offered, and how many of them get maps. */
  readonly counts: { readonly offered: number; readonly kept: number };
}

/**
 * Prepares maps of what follows from an edit.
 *
 * Other relations of the object: target rows are the prompts behind the edited fact (the authors' context for
 * implications). The model's own answer there is the implied one; most contexts have to agree on its first token, or the
 * implication gets no map. Its prompts still bound the other scopes. The edited relation of its described subject: target
 * rows are the edit's own. Prompts too long for the model behind their context are left out.
 *
 * Source: contexts as in SAKE's code (arXiv 2503.01751); maps of their own, and their verification, are ours.
 */
export async function planImplied(input: ImpliedInput): Promise<ImpliedPlan> {
  const { lm, request, scopes, signal, where } = input;
  const stated = fillPrompt(request.prompt, request.subject);
  const facts = {
    originalFact: `${stated} ${request.targetTrue}`,
    editedFact: `${stated} ${request.targetNew}`,
  };
  const contextOf = ({ text }: ScopePrompt): string =>
    implicationContexts({ ...facts, question: ` ${text}` }).target;
  const fits = (prompt: ScopePrompt): boolean => lm.encode(contextOf(prompt)).length <= lm.info.maxPositions;
  const offered = input.implied
    .filter(({ form }) => scopes[form] !== undefined)
    .map((of) => ({ ...of, prompts: of.prompts.filter(fits) }))
    .filter(({ prompts }) => prompts.length >= LEAST_AGREEING);
  const goals = await statedGoals(input, offered, contextOf);
  throwIfAborted(signal, where);
  const seen = await observed(input, offered, goals);
  return {
    counts: { offered: offered.length, kept: seen.filter(({ goal }) => goal !== undefined).length },
    negatives: seen.flatMap(({ of, prompts }) =>
      of.form === 'object-relation' ? prompts.map((query) => asKind(query, 'topic-change')) : [],
    ),
    learn: async (own) => {
      const maps: ImpliedMap[] = [];
      for (const each of seen) if (each.goal) maps.push(await learnOne(each, each.goal, seen, own, input));
      return maps;
    },
  };
}

/** What the model answers to each implication with the edited fact stated in front; undefined where contexts disagree. */
async function statedGoals(
  { lm, newToken, ownTarget, signal }: ImpliedInput,
  offered: readonly ImpliedPrompts[],
  contextOf: (prompt: ScopePrompt) => string,
): Promise<(Goal | undefined)[]> {
  const own: Goal = { target: ownTarget, groups: undefined, answer: newToken };
  const contexts = offered.map(({ form, prompts }) =>
    form === 'object-relation' ? prompts.map(contextOf) : [],
  );
  const all = contexts.flat();
  if (all.length === 0) return offered.map(() => own);
  const steered = await lm.capture(all, signal === undefined ? {} : { signal });
  const answers = greedyTokens(await lm.project(steered));
  let first = 0;
  return offered.map(({ form, prompts }, index) => {
    if (form === 'described-subject') return own;
    const from = first;
    first += contexts[index]!.length;
    const said = answers.slice(from, first);
    const answer = commonest(said);
    const agreeing = [...said.keys()].filter((at) => said[at] === answer);
    if (agreeing.length < Math.max(LEAST_AGREEING, AGREEMENT * said.length)) return undefined;
    const rows = agreeing.map((at) => from + at);
    const groups = wordingGroups(prompts);
    return { target: selectRows(steered, rows), groups: agreeing.map((at) => groups[at]!), answer };
  });
}

/** Maps one implication's prompts to its goal, and learns where that applies. */
async function learnOne(
  { of, prompts, negatives }: Seen,
  { target, groups, answer }: Goal,
  all: readonly Seen[],
  own: OwnRows,
  { lm, mapper, scopes }: ImpliedInput,
): Promise<ImpliedMap> {
  const map = await mapper.fit({
    source: fromRows(prompts.map(({ lastTokenActivation }) => lastTokenActivation)),
    target,
    ...(groups !== undefined && { sourceGroups: wordingGroups(of.prompts), targetGroups: groups }),
    score: async (mapped: Matrix) => meanLogProbability(await lm.project(mapped), answer),
  });
  const elsewhere = all
    .filter((other) => other.of !== of && other.of.form === 'object-relation')
    .flatMap((other) => other.prompts);
  const direct = of.form === 'object-relation' ? own.asked : [];
  const scope = scopes[of.form]!.fit({
    positives: prompts,
    negatives: [
      ...own.negatives,
      ...negatives,
      ...[...direct, ...elsewhere].map((query) => asKind(query, 'other-relation')),
    ],
  });
  return { name: of.name, map, scope };
}

/** The plain prompts of implications and their own negatives, in one pass. */
async function observed(
  { lm, layers, embedding, embedder, signal, where }: ImpliedInput,
  offered: readonly ImpliedPrompts[],
  goals: readonly (Goal | undefined)[],
): Promise<Seen[]> {
  // Groups lie apart from those of the edit's own prompts, which count from 0.
  let group = 1_000_000;
  const texts = offered.map((of) => {
    const labelled = (prompts: readonly ScopePrompt[]): ScopeText[] => {
      const groups = wordingGroups(prompts);
      const from = group;
      group += prompts.length;
      return prompts.map(({ text, kind, subject }, index) => ({
        text,
        kind,
        group: from + groups[index]!,
        ...(subject === undefined ? {} : { subject }),
      }));
    };
    return { prompts: labelled(of.prompts), negatives: labelled(of.negatives) };
  });
  const all = texts.flatMap(({ prompts, negatives }) => [...prompts, ...negatives]);
  if (all.length === 0) return [];
  const read = all.map(({ text }) => text);
  const observations = await lm.observe(read, { layers, ...(signal === undefined ? {} : { signal }) });
  const queries = labelQueries(
    lm,
    all,
    observations,
    await embedTexts(read, { layers: [], embedding }, embedder, where),
  );
  let at = 0;
  return offered.map((of, index) => {
    const take = (count: number): LabelledQuery[] => queries.slice(at, (at += count));
    const prompts = take(texts[index]!.prompts.length);
    const negatives = take(texts[index]!.negatives.length);
    return { of, prompts, negatives, goal: goals[index] };
  });
}

const asKind = (query: LabelledQuery, kind: PromptKind): LabelledQuery => ({ ...query, kind });

/** Index of the first prompt of the same wording; its own for one without. */
function wordingGroups(prompts: readonly ScopePrompt[]): number[] {
  return prompts.map(({ wording }, index) =>
    wording === undefined ? index : prompts.findIndex((other) => other.wording === wording),
  );
}

/** The most frequent token; the first of equals. */
function commonest(tokens: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)![0];
}
