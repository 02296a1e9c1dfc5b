import { createEditLibrary, createSteeredLM, type Gate, type SteeredResponse } from '@sakejs/editor';
import { throwIfAborted, type CausalLM, type Edit } from '@sakejs/spec';
import type { Evidence, Metric, Scores } from '../metrics/metric.js';
import { isPrefixOfAny, readAnswer, rivalTokens, type Answer } from '../protocols/answer.js';
import { divergence } from '../protocols/divergence.js';
import type { Protocol } from '../protocols/protocol.js';
import type { WholeObjectScorer } from '../protocols/whole-object.js';
import type { Query } from '../suites/suite.js';
import type { ScoredQuery } from './outcome.js';
import type { PlainAnswers } from './plain-answers.js';
import type { PreparedCase, PreparedQuery } from './prepared-suite.js';

/** Tokens of a free continuation. */
const CONTINUATION_TOKENS = 60;

/** What answers the queries of one case. */
export interface CaseAsker {
  readonly lm: CausalLM;
  readonly metrics: ReadonlyMap<string, Metric>;
  readonly wholeObject: WholeObjectScorer;
  readonly plain: PlainAnswers;
  readonly protocol: Protocol;
  /** Edits that are live, oldest first. */
  readonly live: readonly Edit[];
  /** The case's own edit, where it was learned. */
  readonly own: Edit | undefined;
  /** Whether each query is judged once more with the own edit's gate open. */
  readonly alsoOpen: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Asks every query of a case under one protocol and judges the answers. */
export async function askCase(asker: CaseAsker, item: PreparedCase): Promise<ScoredQuery[]> {
  const { metrics, protocol } = asker;
  const metricOf = ({ query }: PreparedQuery): Metric => metrics.get(query.metric)!;
  const opened = (prepared: PreparedQuery): boolean => metricOf(prepared).opensGate?.(protocol) ?? false;
  const responses = new Map<number, SteeredResponse>();
  for (const open of [false, true]) {
    const asked = item.queries.filter((prepared) => opened(prepared) === open);
    const answered = await respond(asker, asker.live, asked, open ? 'open' : 'method');
    asked.forEach(({ index }, at) => responses.set(index, answered[at]!));
  }
  const forced =
    asker.alsoOpen && asker.own !== undefined
      ? await respond(asker, [asker.own], item.queries, 'open')
      : undefined;
  const context: CaseContext = {
    conditions: await conditionsOf(asker, item, metricOf),
    prefersNew: item.queries.some((prepared) => metricOf(prepared).looksAtPreference?.(protocol) ?? false)
      ? await prefersNew(asker, item)
      : undefined,
    plain: await asker.plain.logits(
      item.queries.map(({ query }) => query.prompt),
      asker.signal,
    ),
    texts: await continuations(asker, item, metricOf),
  };
  const scored: ScoredQuery[] = [];
  for (const [at, prepared] of item.queries.entries()) {
    throwIfAborted(asker.signal, 'runSuite');
    const metric = metricOf(prepared);
    const outcome = await judged(asker, item, prepared, metric, at, responses.get(prepared.index)!, context);
    const open = forced && (await judged(asker, item, prepared, metric, at, forced[at]!, context));
    scored.push({ ...outcome, ...(open && { open: { value: open.value } }) });
  }
  return scored;
}

interface CaseContext {
  /** By index of the query in the case. */
  readonly conditions: ReadonlyMap<number, boolean>;
  readonly prefersNew: boolean | undefined;
  /** Unedited logits, one a prepared query. */
  readonly plain: readonly Float32Array[];
  /** Free continuations by index of the query. */
  readonly texts: ReadonlyMap<number, string>;
}

async function respond(
  { lm, signal }: CaseAsker,
  edits: readonly Edit[],
  asked: readonly PreparedQuery[],
  gate: Gate,
): Promise<SteeredResponse[]> {
  if (asked.length === 0) return [];
  return createSteeredLM(lm, edits, { gate }).respond(
    asked.map(({ query }) => query.prompt),
    signal === undefined ? {} : { signal },
  );
}

/** One query's outcome from what the edited model responded. */
async function judged(
  asker: CaseAsker,
  item: PreparedCase,
  { index, query }: PreparedQuery,
  metric: Metric,
  at: number,
  response: SteeredResponse,
  context: CaseContext,
): Promise<ScoredQuery> {
  const { lm, protocol, own, live } = asker;
  const tokens = query.rivals === undefined ? undefined : rivalTokens(lm, query.rivals);
  const plainLogits = context.plain[at]!;
  const plain = readAnswer(lm, plainLogits, tokens);
  const edited = readAnswer(lm, response.logits, tokens, {
    // Changes of weights are at work in every answer: the case's own, or else the newest.
    fired:
      response.edit ?? response.weightEdits?.find((id) => id === own?.id) ?? response.weightEdits?.at(-1),
    distance: response.distance,
    ran: response.prompt,
  });
  const { kl, sameTop } = divergence(plainLogits, response.logits);
  const scores = await scoresOf(asker, query, edited, response.lm);
  const text = context.texts.get(index);
  const condition = context.conditions.get(index);
  const evidence: Evidence = {
    query,
    protocol,
    plain,
    edited,
    scores,
    others: live.filter(({ id }) => id !== own?.id).length,
    kl,
    sameTop,
    ...(own !== undefined && { own: own.id }),
    ...(condition !== undefined && { conditionPasses: condition }),
    ...(context.prefersNew !== undefined && { prefersNew: context.prefersNew }),
    ...(text !== undefined && { text }),
    ...(metric.asks === 'removal' && own !== undefined
      ? { undoDifference: await undoDifference(asker, own, query.prompt) }
      : {}),
  };
  const judgement = metric.judge(evidence);
  const { fired, distance } = edited;
  return {
    case: item.index,
    query: index,
    metric: query.metric,
    ...(judgement.kept ? { value: judgement.value } : { value: null, leftOut: judgement.reason }),
    ...scores,
    answer: text ?? edited.firstToken,
    before: plain.firstToken,
    fired: fired === undefined ? 'none' : fired === own?.id ? 'own' : 'other',
    ...(fired !== undefined && { edit: fired }),
    ...(distance !== undefined && Number.isFinite(distance) && { distance: Number(distance.toPrecision(6)) }),
  };
}

async function scoresOf(
  { wholeObject, signal }: CaseAsker,
  query: Query,
  edited: Answer,
  goesOnWith: CausalLM | undefined,
): Promise<Scores> {
  const { wanted, prompt } = query;
  const { margin, token, firstToken, ran = prompt } = edited;
  return {
    firstToken: wanted.length === 0 ? null : isPrefixOfAny(firstToken, wanted),
    wholeObject: wanted.length === 0 ? null : await wholeObject.says(ran, token, wanted, signal, goesOnWith),
    probability: margin === undefined ? null : margin > 0,
  };
}

/** Whether each query's condition passes, by index; queries without one are absent. */
async function conditionsOf(
  asker: CaseAsker,
  { queries }: PreparedCase,
  metricOf: (prepared: PreparedQuery) => Metric,
): Promise<Map<number, boolean>> {
  const { lm, plain, protocol, own, signal } = asker;
  const asked = queries.flatMap((prepared) => {
    const condition = metricOf(prepared).condition?.(prepared.query, protocol);
    return condition === undefined ? [] : [{ ...condition, index: prepared.index }];
  });
  const passes = new Map<number, boolean>();
  const pass = (of: typeof asked, logits: readonly Float32Array[]): void =>
    of.forEach(({ index, answers }, at) =>
      passes.set(index, isPrefixOfAny(readAnswer(lm, logits[at]!).firstToken, answers)),
    );
  const mapped = own === undefined ? [] : asked.filter(({ of }) => of === 'own-open');
  const unedited = asked.filter((condition) => !mapped.includes(condition));
  pass(
    unedited,
    await plain.logits(
      unedited.map(({ prompt }) => prompt),
      signal,
    ),
  );
  if (own !== undefined && mapped.length > 0) {
    const prompts = mapped.map(({ prompt }) => prompt);
    const steered = createSteeredLM(lm, [own], { gate: 'open' });
    const responses = await steered.respond(prompts, signal === undefined ? {} : { signal });
    pass(
      mapped,
      responses.map(({ logits }) => logits),
    );
  }
  return passes;
}

/** Whether the request has P(new) > P(true) once its edit is applied, by the protocol's tokens. */
async function prefersNew(
  { lm, own, plain, protocol, signal }: CaseAsker,
  { case: { request } }: PreparedCase,
): Promise<boolean | undefined> {
  if (protocol.keepEdits === 'all') return undefined;
  const prompt = request.prompt.replace('{}', () => request.subject);
  const [logits] =
    own === undefined
      ? await plain.logits([prompt], signal)
      : (await createSteeredLM(lm, [own]).respond([prompt], signal === undefined ? {} : { signal })).map(
          (response) => response.logits,
        );
  const rivals = { likelier: request.targetNew, lessLikely: request.targetTrue };
  return readAnswer(lm, logits!, rivalTokens(lm, rivals, protocol.preferenceTokens)).margin! > 0;
}

/** Greedy continuations of the queries that ask for one, by index. */
async function continuations(
  { lm, live, signal }: CaseAsker,
  { queries }: PreparedCase,
  metricOf: (prepared: PreparedQuery) => Metric,
): Promise<Map<number, string>> {
  const asked = queries.filter((prepared) => metricOf(prepared).asks === 'continuation');
  if (asked.length === 0) return new Map();
  const streams = createSteeredLM(lm, live).generateBatch(
    asked.map(({ query }) => ({ prompt: query.prompt, maxTokens: CONTINUATION_TOKENS })),
    signal === undefined ? {} : { signal },
  );
  const texts = await Promise.all(
    streams.map(async (stream) => {
      let text = '';
      for await (const piece of stream) text += piece.text;
      return text;
    }),
  );
  return new Map(asked.map(({ index }, at) => [index, texts[at]!]));
}

/** Largest difference of a logit between before the own edit is added and after it is removed. */
async function undoDifference({ lm, live, signal }: CaseAsker, own: Edit, prompt: string): Promise<number> {
  const library = createEditLibrary(live.filter(({ id }) => id !== own.id));
  const steered = createSteeredLM(lm, library);
  const ask = async (): Promise<Float32Array> =>
    (await steered.respond([prompt], signal === undefined ? {} : { signal }))[0]!.logits;
  const before = await ask();
  await library.add(own);
  await ask();
  await library.remove(own.id);
  const after = await ask();
  return before.reduce((most, logit, token) => Math.max(most, Math.abs(logit - after[token]!)), 0);
}
