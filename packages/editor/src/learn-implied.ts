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
  /** Residual-stream layers that any scope of the edit looks at. */
  readonly layers: readonly number[];
  /** Whether any of those scopes compares sentence embeddings. */
  readonly embedding: boolean;
  readonly embedder: PromptEmbedder | undefined;
  readonly signal: AbortSignal | undefined;
  readonly where: string;
}

/** What the model makes of an implication once the edit is stated in front of it. */
interface Understood {
  readonly of: ImpliedPrompts;
  readonly source: Matrix; // [n, d], the plain prompts
  readonly target: Matrix; // [m, d], their agreeing steering contexts
  readonly agreeing: readonly number[];
  readonly answer: number;
  readonly prompts: readonly LabelledQuery[];
  readonly negatives: readonly LabelledQuery[];
}

/** What is to be learned of an edit's implications, before its scopes are fitted. */
export interface ImpliedPlan {
  /** Questions that are not the edit's own, for its scope to tell from. */
  readonly negatives: readonly LabelledQuery[];
  /** Maps and scopes; `own` are the edit's queries and its negatives, labelled. */
  learn(own: {
    readonly asked: readonly LabelledQuery[];
    readonly negatives: readonly LabelledQuery[];
  }): Promise<ImpliedMap[]>;
  /** How many implications were offered, and how many the model answers consistently and otherwise than before. */
  readonly counts: { readonly offered: number; readonly kept: number };
}

/**
 * Prepares maps of what follows from an edit.
 *
 * An implication's target rows are its prompts behind the edited fact (the authors' context for implications). The model's
 * own answer there is the implied one: most contexts have to agree on its first token, for the edited relation itself on that
 * of the new object. Left out is what the model does not answer consistently, and what it answers no differently unedited.
 * Prompts too long for the model behind their context are left out.
 *
 * Source: contexts as in SAKE's code (arXiv 2503.01751); maps of their own, and their verification, are ours.
 */
export async function planImplied(input: ImpliedInput): Promise<ImpliedPlan> {
  const { lm, request, scopes, newToken, signal, where } = input;
  const passing = signal === undefined ? {} : { signal };
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
  if (offered.length === 0) return { negatives: [], learn: async () => [], counts: { offered: 0, kept: 0 } };

  const steered = await lm.capture(
    offered.flatMap(({ prompts }) => prompts.map(contextOf)),
    passing,
  );
  const answers = greedyTokens(await lm.project(steered));
  let first = 0;
  const answered = offered.flatMap((of) => {
    const from = first;
    first += of.prompts.length;
    const said = answers.slice(from, first);
    const answer = of.form === 'described-subject' ? newToken : commonest(said);
    const agreeing = [...said.keys()].filter((at) => said[at] === answer);
    if (agreeing.length < Math.max(LEAST_AGREEING, AGREEMENT * said.length)) return [];
    const target = selectRows(
      steered,
      agreeing.map((at) => from + at),
    );
    return [{ of, answer, agreeing, target }];
  });
  throwIfAborted(signal, where);

  const understood = await observed(input, answered);
  const kept: Understood[] = [];
  for (const each of understood) {
    const before = greedyTokens(await lm.project(each.source));
    const same = before.filter((token) => token === each.answer).length;
    if (same < AGREEMENT * before.length) kept.push(each);
  }
  return {
    counts: { offered: offered.length, kept: kept.length },
    negatives: kept.flatMap(({ of, prompts }) =>
      of.form === 'object-relation' ? prompts.map((query) => asKind(query, 'topic-change')) : [],
    ),
    learn: (own) => Promise.all(kept.map((each) => learnOne(each, kept, own, input))),
  };
}

/** Maps one implication's prompts to their steered states, and learns where that applies. */
async function learnOne(
  { of, source, target, agreeing, answer, prompts, negatives }: Understood,
  all: readonly Understood[],
  own: { readonly asked: readonly LabelledQuery[]; readonly negatives: readonly LabelledQuery[] },
  { lm, mapper, scopes }: ImpliedInput,
): Promise<ImpliedMap> {
  const groups = wordingGroups(of.prompts);
  const map = await mapper.fit({
    source,
    target,
    sourceGroups: groups,
    targetGroups: agreeing.map((at) => groups[at]!),
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
  answered: readonly Pick<Understood, 'of' | 'answer' | 'agreeing' | 'target'>[],
): Promise<Understood[]> {
  // Groups lie apart from those of the edit's own prompts, which count from 0.
  let group = 1_000_000;
  const texts = answered.map(({ of }) => {
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
  return answered.map((each, index) => {
    const take = (count: number): LabelledQuery[] => queries.slice(at, (at += count));
    const prompts = take(texts[index]!.prompts.length);
    const negatives = take(texts[index]!.negatives.length);
    const source = fromRows(prompts.map(({ lastTokenActivation }) => lastTokenActivation as Float32Array));
    return { ...each, source, prompts, negatives };
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
