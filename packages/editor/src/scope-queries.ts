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
  type ScopePrompt,
} from '@sakejs/spec';
import { scopePromptGroups } from './prompt-groups.js';
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
 * Prompts are in their groups, a forced source in its plain prompt's; other texts are with those of the same kind and
 * wording, each on its own where its wording is not known.
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
  const others = (texts: readonly ScopePrompt[], first: number): ScopeText[] => {
    const groups = scopePromptGroups(texts);
    return texts.map(({ text, kind, subject: named }, index) => ({
      text,
      kind,
      group: first + groups[index]!,
      ...(named === undefined ? {} : { subject: named }),
    }));
  };
  return {
    sources: options.forcedSource ? [...plain, ...forced] : plain,
    positives: others(prompts.positives, plain.length),
    negatives: others(prompts.negatives, plain.length + prompts.positives.length),
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
