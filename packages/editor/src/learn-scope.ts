import {
  type CausalLM,
  type Json,
  type LabelledQuery,
  type Observation,
  type PromptDistribution,
  type PromptEmbedder,
  type Scope,
  type ScopeDetector,
} from '@sakejs/spec';
import { checkLengths } from './learn-input.js';
import { promptGroups } from './prompt-groups.js';
import { embedTexts, labelQueries, type ScopeText, scopeTexts } from './scope-queries.js';

/** What a scope is learned from. */
export interface ScopeLearning {
  readonly lm: CausalLM;
  readonly prompts: PromptDistribution;
  readonly scope: ScopeDetector;
  /** Whether forced sources are among the positives. Default true. */
  readonly forcedSource?: boolean;
  /** For scopes that compare sentence embeddings. */
  readonly embedder?: PromptEmbedder | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether the texts are embedded though the scope itself compares no embeddings. Default false. */
  readonly embed?: boolean;
  /** Names the caller in errors. Default `learnScope`. */
  readonly where?: string;
}

/** A fitted scope and what to say of it in the provenance's settings. */
export interface LearnedScope {
  readonly scope: Scope;
  readonly settings: Readonly<Record<string, Json>>;
}

/** The texts of a scope as it sees them. */
export interface LabelledTexts {
  /** The distribution's plain prompts: the first of the positives. */
  readonly asked: readonly LabelledQuery[];
  readonly positives: readonly LabelledQuery[];
  readonly negatives: readonly LabelledQuery[];
}

/** The texts whose observations a scope is fitted on. */
export interface ScopePlan {
  /** Plain prompts, then forced sources: the first of `observed`. */
  readonly sources: readonly ScopeText[];
  readonly observed: readonly string[];
  /** What the observations of `observed` are, in order. */
  label(observations: readonly Observation[]): LabelledTexts;
  /** Fits the scope on them, and on further negatives. */
  fit(texts: LabelledTexts, further?: readonly LabelledQuery[]): LearnedScope;
}

/**
 * Prepares a scope's texts, for callers that observe them beside texts of their own.
 *
 * @throws {SakeError} `invalid-input` for a text longer than the model's positions, `invalid-option` for a scope that
 * wants an embedder where none is given.
 */
export async function planScope(options: ScopeLearning): Promise<ScopePlan> {
  const { lm, prompts, scope, forcedSource = true, embedder, where = 'learnScope' } = options;
  const { by, groups } = promptGroups(prompts, [...prompts.prompts.keys()]);
  const { sources, positives, negatives } = scopeTexts(prompts, { forcedSource, groups });
  const texts = [...sources, ...positives, ...negatives];
  const observed = texts.map(({ text }) => text);
  checkLengths(lm, observed, where);
  const embedding = scope.needs.embedding || options.embed === true;
  const embeddings = await embedTexts(observed, { layers: [], embedding }, embedder, where);
  return {
    sources,
    observed,
    label: (observations) => {
      const queries = labelQueries(lm, texts, observations, embeddings);
      const firstNegative = queries.length - negatives.length;
      return {
        asked: queries.slice(0, prompts.prompts.length),
        positives: queries.slice(0, firstNegative),
        negatives: queries.slice(firstNegative),
      };
    },
    fit: (labelled, further = []) => ({
      scope: scope.fit({
        positives: labelled.positives,
        negatives: [...labelled.negatives, ...further],
      }),
      settings: {
        scopeGroupedBy: by,
        scopePositives: positives.length,
        scopeNegatives: negatives.length + further.length,
        ...(embeddings === undefined || embedder === undefined ? {} : { embedder: embedder.kind }),
      },
    }),
  };
}

/**
 * Fits a scope on a distribution as `learnEdit` does, in one pass over the model: positives are the prompts, their
 * forced sources and the distribution's own; negatives the distribution's.
 *
 * @throws {SakeError} as {@link planScope}, and what the detector throws; `aborted`.
 */
export async function learnScope(options: ScopeLearning): Promise<LearnedScope> {
  const { lm, scope, signal } = options;
  const plan = await planScope(options);
  const observations = await lm.observe(plan.observed, {
    layers: scope.needs.layers,
    ...(signal === undefined ? {} : { signal }),
  });
  return plan.fit(plan.label(observations));
}
