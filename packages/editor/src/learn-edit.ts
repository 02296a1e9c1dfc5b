import {
  type EditRequest,
  type LearnContext,
  type MapEdit,
  type Mapper,
  type Matrix,
  type Observation,
  fromRows,
  type PromptEmbedder,
  SakeError,
  type ScopeDetector,
  type ScopeNeeds,
  selectRows,
  steeringContext,
  throwIfAborted,
} from '@sakejs/spec';
import { editId } from './edit-id.js';
import { type RowSource, withFurtherRows } from './further-rows.js';
import { checkLearnInput, checkLengths } from './learn-input.js';
import { type ImpliedScopes, planImplied } from './learn-implied.js';
import { countLaterTokens, learnLaterMaps, type LaterTokens } from './learn-later-maps.js';
import { planScope } from './learn-scope.js';
import { firstObjectToken, greedyTokens, meanLogProbability } from './next-token.js';
import { promptGroups } from './prompt-groups.js';
import { provenanceOf } from './provenance-of.js';

/** Fewest target rows that a map is learned from when only obeying ones are kept. */
export const MINIMUM_OBEYING = 8;

/** Which steering contexts become target rows: all, or those after which the model says the new object. */
export type TargetChoice = 'all' | 'obeying';

/** How {@link learnEdit} learns: a model, prompts, a mapper, a scope. */
export interface LearnOptions extends LearnContext {
  readonly mapper: Mapper;
  readonly scope: ScopeDetector;
  /** Default `'obeying'`: rows whose greedy next token is the new object's first token. */
  readonly targets?: TargetChoice;
  /** Whether source rows also hold the forced sources, as in the authors' reference. Default true. */
  readonly forcedSource?: boolean;
  /**
   * For how many tokens of the new object behind its first a map of their own is learned, `all` for every one.
   * Default 0, as in the paper: generation goes on unassisted behind the first mapped token.
   */
  readonly laterTokens?: LaterTokens;
  /**
   * Scopes for what follows from the edit, where the distribution says what does: each implication gets a map of its own.
   * Default none, as in the paper.
   */
  readonly implied?: ImpliedScopes;
  /** Rows for the edit's own map beside those of its prompts. Default none. */
  readonly furtherRows?: RowSource;
  /** For scopes that compare sentence embeddings. */
  readonly embedder?: PromptEmbedder;
  /** The method's name in the provenance. Default `sake`. */
  readonly method?: string;
}

const WHERE = 'learnEdit';

/**
 * Learns an edit: a map of last-token activations and the scope in which it applies.
 *
 * Source rows [n or 2n, d] are the plain prompts, then their forced sources; target rows [m, d] are the
 * prompts' steering contexts; `furtherRows` stand behind either. One pass over the model takes every source and scope text, one the steering
 * contexts, one projection their logits. Nothing here is random: `seed` is recorded for the methods that are.
 * Source: SAKE, sections 3.1-3.3 (arXiv 2503.01751); keeping obeying targets only is ours.
 *
 * @throws {SakeError} `invalid-request` for a malformed request or prompts of another one, `not-enough-data`
 * without prompts or with fewer than {@link MINIMUM_OBEYING} obeying targets, `invalid-input` for a text
 * longer than the model's positions, `invalid-option` for a scope that wants an embedder where none is
 * given, `shape-mismatch` for further rows of another width, what `furtherRows` throws, `aborted`.
 */
export async function learnEdit(input: EditRequest, options: LearnOptions): Promise<MapEdit> {
  const { lm, prompts, mapper, scope, signal, embedder, seed = 0, method = 'sake' } = options;
  const { targets: choice = 'obeying', forcedSource = true, laterTokens = 0, implied = {} } = options;
  const request = checkLearnInput(input, prompts, WHERE);
  if (choice !== 'all' && choice !== 'obeying')
    throw new SakeError(
      'invalid-option',
      `${WHERE}: expected targets 'all' or 'obeying', got ${JSON.stringify(choice)}`,
    );
  const laterCount = countLaterTokens(lm, request.targetNew, laterTokens, WHERE);
  throwIfAborted(signal, WHERE);

  const every = [...prompts.prompts.keys()];
  const contexts = prompts.prompts.map((prompt) => steeringContext({ ...request, prompt }));
  const needs = unionOf([scope, ...Object.values(implied)]);
  const plan = await planScope({
    ...{ lm, scope, forcedSource, embedder, embed: needs.embedding, where: WHERE },
    prompts: { ...prompts, request },
  });
  const sources = plan.sources.map(({ text }) => text);
  checkLengths(lm, contexts, WHERE);
  checkLengths(lm, [...sources, ...contexts], WHERE, laterCount);
  const passing = signal === undefined ? {} : { signal };

  const steered = await lm.capture(contexts, passing); // [n, d]
  const newToken = firstObjectToken(lm, request.targetNew);
  const obeying = greedyTokens(await lm.project(steered)).flatMap((token, index) =>
    token === newToken ? [index] : [],
  );
  const kept = choice === 'all' ? every : obeying;
  if (choice === 'obeying') checkObeying(request, obeying.length, contexts.length);
  throwIfAborted(signal, WHERE);

  const observations = await lm.observe(plan.observed, { layers: needs.layers, ...passing });
  const { by: mapGroupedBy, groups } = promptGroups(prompts, kept);
  const further = await options.furtherRows?.(request, { lm, prompts, seed, ...passing });
  throwIfAborted(signal, WHERE);
  const source = withFurtherRows(
    {
      rows: activations(observations.slice(0, sources.length)),
      groups: sources.map((_, index) => groups[index % groups.length]!),
    },
    further && { rows: further.source, groups: further.sourceGroups },
    every.length,
    WHERE,
  );
  const target = withFurtherRows(
    { rows: selectRows(steered, kept), groups: kept.map((index) => groups[index]!) },
    further && { rows: further.target, groups: further.targetGroups },
    every.length,
    WHERE,
  );
  const map = await mapper.fit({
    source: source.rows,
    target: target.rows,
    sourceGroups: source.groups,
    targetGroups: target.groups,
    score: async (mapped: Matrix) => meanLogProbability(await lm.project(mapped), newToken),
  });
  throwIfAborted(signal, WHERE);

  const later = await learnLaterMaps({
    lm,
    mapper,
    prompts,
    object: request.targetNew,
    sources,
    contexts,
    count: laterCount,
    choose: (fits, position) => {
      if (choice === 'all') return every;
      checkObeying(request, fits.length, contexts.length, position);
      return fits;
    },
    signal,
  });

  const labelled = plan.label(observations);
  const following = await planImplied({
    ...{ lm, request, mapper, newToken, embedder, signal, where: WHERE, ...needs },
    ownTarget: selectRows(steered, kept),
    implied: prompts.implied ?? [],
    scopes: implied,
  });
  const learned = plan.fit(labelled, following.negatives);
  const follows = await following.learn(labelled);
  return {
    kind: 'map',
    id: editId(request),
    request,
    map,
    ...(later.length > 0 && { later: later.map(({ after, map: further }) => ({ after, map: further })) }),
    ...(follows.length > 0 && { implied: follows }),
    scope: learned.scope,
    provenance: {
      method,
      ...provenanceOf(lm, prompts, seed),
      rows: { source: source.rows.rows, target: target.rows.rows, obeying: obeying.length },
      settings: {
        targets: choice,
        forcedSource,
        mapGroupedBy,
        ...learned.settings,
        ...(following.counts.offered > 0 && {
          impliedOffered: following.counts.offered,
          impliedKept: following.counts.kept,
        }),
        ...(further !== undefined && { furtherRows: [further.source.rows, further.target.rows] }),
        ...(later.length > 0 && { laterObeying: later.map(({ obeying: fits }) => fits) }),
      },
    },
  };
}

/** What all of the scopes want to see of a query. */
function unionOf(scopes: readonly ScopeDetector[]): ScopeNeeds {
  const layers = [...new Set(scopes.flatMap(({ needs }) => needs.layers))].sort((a, b) => a - b);
  return { layers, embedding: scopes.some(({ needs }) => needs.embedding) };
}

/** @param position how many tokens of the object have been said. */
function checkObeying(request: EditRequest, obeying: number, prompts: number, position = 0): void {
  if (obeying >= MINIMUM_OBEYING) return;
  const goesOn = position > 0 ? `goes on with token ${position + 1} of` : 'says';
  const fewer = position > 0 ? `, \`laterTokens: ${position - 1}\`` : '';
  throw new SakeError(
    'not-enough-data',
    `${WHERE}: expected at least ${MINIMUM_OBEYING} steering contexts after which the model ${goesOn} ${JSON.stringify(request.targetNew)}, got ${obeying} of ${prompts}; use more prompts${fewer}, or \`targets: 'all'\` to learn from every one`,
    { details: { request, obeying, prompts, position } },
  );
}

/** The last-token activations, one a row, [n, d]. */
function activations(observations: readonly Observation[]): Matrix<Float32Array> {
  return fromRows(observations.map(({ lastTokenActivation }) => lastTokenActivation));
}
