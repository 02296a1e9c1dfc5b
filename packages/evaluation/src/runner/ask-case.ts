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
import { respondOrTooLong, TOO_LONG, type TooLong } from './too-long.js';
import type { PreparedCase, PreparedQuery } from './prepared-suite.js';

/** Tokens of a free continuation. */
const CONTINUATION_TOKENS = 60;

/** What answers the queries of one case. */
export interface CaseAsker {
  readonly lm: CausalLM;
  /** Models by which some edits are answered. */
  readonly counterfactuals: readonly CausalLM[];
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
  const responses = new Map<number, SteeredResponse | TooLong>();
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

/** Responses to queries; where the prompt with an edit's text in front exceeds the model's positions, that. */
async function respond(
  { lm, counterfactuals, signal }: CaseAsker,
  edits: readonly Edit[],
  asked: readonly PreparedQuery[],
  gate: Gate,
): Promise<(SteeredResponse | TooLong)[]> {
  if (asked.length === 0) return [];
  const steered = createSteeredLM(lm, edits, { gate, counterfactuals });
  return respondOrTooLong(
    async (prompts) => steered.respond(prompts, signal === undefined ? {} : { signal }),
    asked.map(({ query }) => query.prompt),
  );
}

/** One query's outcome from what the edited model responded. */
async function judged(
  asker: CaseAsker,
  item: PreparedCase,
  { index, query }: PreparedQuery,
  metric: Metric,
  at: number,
  response: SteeredResponse | TooLong,
  context: CaseContext,
): Promise<ScoredQuery> {
  const { lm, protocol, own, live } = asker;
  if (response === TOO_LONG) return leftOutAsTooLong(lm, item, { index, query }, context.plain[at]!);
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

/** A query that could not be put to the edited model. */
function leftOutAsTooLong(
  lm: CausalLM,
  item: PreparedCase,
  { index, query }: PreparedQuery,
  plainLogits: Float32Array,
): ScoredQuery {
  return {
    case: item.index,
    query: index,
    metric: query.metric,
    value: null,
    leftOut: "longer than the model's positions with the edit's text",
    ...{ firstToken: null, wholeObject: null, probability: null },
    answer: '',
    before: readAnswer(lm, plainLogits, undefined).firstToken,
    fired: 'none',
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
  const { lm, counterfactuals, plain, protocol, own, signal } = asker;
  const asked = queries.flatMap((prepared) => {
    const condition = metricOf(prepared).condition?.(prepared.query, protocol);
    return condition === undefined ? [] : [{ ...condition, index: prepared.index }];
  });
  const passes = new Map<number, boolean>();
  const says = (logits: Float32Array, answers: readonly string[]): boolean =>
    isPrefixOfAny(readAnswer(lm, logits).firstToken, answers);
  const mapped = own === undefined ? [] : asked.filter(({ of }) => of === 'own-open');
  const unedited = asked.filter((condition) => !mapped.includes(condition));
  const plainLogits = await plain.logits(
    unedited.map(({ prompt }) => prompt),
    signal,
  );
  unedited.forEach(({ index, answers }, at) => passes.set(index, says(plainLogits[at]!, answers)));
  if (own !== undefined && mapped.length > 0) {
    const prompts = mapped.map(({ prompt }) => prompt);
    const steered = createSteeredLM(lm, [own], { gate: 'open', counterfactuals });
    const responses = await respondOrTooLong(
      async (texts) => steered.respond(texts, signal === undefined ? {} : { signal }),
      prompts,
    );
    mapped.forEach(({ index, answers }, at) => {
      const response = responses[at]!;
      const passed = response !== TOO_LONG && says(response.logits, answers);
      passes.set(index, passed);
    });
  }
  return passes;
}

/** Whether the request has P(new) > P(true) once its edit is applied, by the protocol's tokens. */
async function prefersNew(
  { lm, counterfactuals, own, plain, protocol, signal }: CaseAsker,
  { case: { request } }: PreparedCase,
): Promise<boolean | undefined> {
  if (protocol.keepEdits === 'all') return undefined;
  const prompt = request.prompt.replace('{}', () => request.subject);
  const [logits] =
    own === undefined
      ? await plain.logits([prompt], signal)
      : (
          await createSteeredLM(lm, [own], { counterfactuals }).respond(
            [prompt],
            signal === undefined ? {} : { signal },
          )
        ).map((response) => response.logits);
  const rivals = { likelier: request.targetNew, lessLikely: request.targetTrue };
  return readAnswer(lm, logits!, rivalTokens(lm, rivals, protocol.preferenceTokens)).margin! > 0;
}

/** Greedy continuations of the queries that ask for one, by index. */
async function continuations(
  { lm, counterfactuals, live, signal }: CaseAsker,
  { queries }: PreparedCase,
  metricOf: (prepared: PreparedQuery) => Metric,
): Promise<Map<number, string>> {
  const asked = queries.filter((prepared) => metricOf(prepared).asks === 'continuation');
  if (asked.length === 0) return new Map();
  const streams = createSteeredLM(lm, live, { counterfactuals }).generateBatch(
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
async function undoDifference(
  { lm, counterfactuals, live, signal }: CaseAsker,
  own: Edit,
  prompt: string,
): Promise<number> {
  const library = createEditLibrary(live.filter(({ id }) => id !== own.id));
  const steered = createSteeredLM(lm, library, { counterfactuals });
  const ask = async (): Promise<Float32Array> =>
    (await steered.respond([prompt], signal === undefined ? {} : { signal }))[0]!.logits;
  const before = await ask();
  await library.add(own);
  await ask();
  await library.remove(own.id);
  const after = await ask();
  return before.reduce((most, logit, token) => Math.max(most, Math.abs(logit - after[token]!)), 0);
}
