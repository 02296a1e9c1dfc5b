import {
  forcedSource,
  type CausalLM,
  type LabelledQuery,
  type Matrix,
  type Observation,
  type PromptDistribution,
  type PromptEmbedder,
  type PromptKind,
  row,
  SakeError,
  type ScopeNeeds,
} from '@sakejs/spec';
import { subjectPosition } from './subject-position.js';

/** A text that a scope learns from, before the model has seen it. */
export interface ScopeText {
  readonly text: string;
  readonly kind: PromptKind;
  readonly group: number;
  readonly subject?: string;
}

/** The texts of an edit's scope, in the order in which they are observed. */
export interface ScopeTexts {
  /** Plain prompts, then forced sources: the source rows of the map too. */
  readonly sources: readonly ScopeText[];
  readonly positives: readonly ScopeText[];
  readonly negatives: readonly ScopeText[];
}

/**
 * The texts that an edit's scope is fitted on.
 *
 * Prompts are in their groups, a forced source in its plain prompt's; every other text is in one of its own.
 */
export function scopeTexts(
  prompts: PromptDistribution,
  options: { readonly forcedSource: boolean; readonly groups: readonly number[] },
): ScopeTexts {
  const { subject, targetTrue } = prompts.request;
  const plain = prompts.prompts.map((text, index): ScopeText => ({
    text,
    kind: 'paraphrase',
    group: options.groups[index]!,
    subject,
  }));
  const forced = plain.map(({ text, group }): ScopeText => ({
    text: forcedSource({ prompt: text, targetTrue }),
    kind: 'forced',
    group,
    subject,
  }));
  const first = plain.length;
  return {
    sources: options.forcedSource ? [...plain, ...forced] : plain,
    positives: prompts.positives.map((prompt, index): ScopeText => ({ ...prompt, group: first + index })),
    negatives: prompts.negatives.map((prompt, index): ScopeText => ({
      ...prompt,
      group: first + prompts.positives.length + index,
    })),
  };
}

/** Sentence embeddings of texts where a scope wants them, [texts, e]. */
export async function embedTexts(
  texts: readonly string[],
  needs: ScopeNeeds,
  embedder: PromptEmbedder | undefined,
  where: string,
): Promise<Matrix | undefined> {
  if (!needs.embedding) return undefined;
  if (embedder === undefined)
    throw new SakeError(
      'invalid-option',
      `${where}: expected an embedder, because the scope compares sentence embeddings, got none; pass \`embedder\` or choose a scope on hidden states`,
    );
  const embeddings = await embedder.embed(texts);
  if (embeddings.rows !== texts.length)
    throw new SakeError(
      'shape-mismatch',
      `${where}: expected ${texts.length} embeddings from ${embedder.kind}, got ${embeddings.rows}`,
    );
  return embeddings;
}

/** Labels observations with what their texts are, in order. */
export function labelQueries(
  lm: CausalLM,
  texts: readonly ScopeText[],
  observations: readonly Observation[],
  embeddings: Matrix | undefined,
): LabelledQuery[] {
  return texts.map(({ text, kind, group, subject }, index) => {
    const { lastTokenActivation, layers } = observations[index]!;
    const position = subject === undefined ? undefined : subjectPosition(lm, text, subject);
    return {
      lastTokenActivation,
      layers,
      kind,
      group,
      ...(position === undefined ? {} : { subjectPosition: position }),
      ...(embeddings === undefined ? {} : { embedding: row(embeddings, index) }),
    };
  });
}
