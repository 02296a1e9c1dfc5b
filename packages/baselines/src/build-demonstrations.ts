import { type EditRequest, fillPrompt, type PromptDistribution, type Random } from '@sakejs/spec';
import type { Demonstration, DemonstrationKind } from './demonstration.js';
import type { OtherFact } from './other-facts.js';

/** How many of each kind go together. */
export type DemonstrationRatio = Readonly<Record<DemonstrationKind, number>>;

/** A changed fact that a demonstration can be made of. */
export interface ChangedFact extends OtherFact {
  readonly objectNew: string;
}

/**
 * The facts with new objects: those of the others, neither the edit's old one nor its new one.
 *
 * A fact for which no object is left is left out.
 */
export function changeFacts(
  facts: readonly OtherFact[],
  { targetTrue, targetNew }: EditRequest,
  random: Random,
): ChangedFact[] {
  const objects = [...new Set(facts.map(({ object }) => object))].filter(
    (object) => object !== targetTrue && object !== targetNew,
  );
  return facts.flatMap((fact) => {
    const others = objects.filter((object) => object !== fact.object);
    return others.length === 0 ? [] : [{ ...fact, objectNew: random.pick(others) }];
  });
}

/**
 * The wordings of a distribution, with `{}` for the subject: one a phrasing, the shortest, so without a sentence in
 * front where there is such a one; the request's own left out. None that holds the subject twice or a line break.
 */
export function wordingsOf({ request, prompts, wordings }: PromptDistribution): string[] {
  const shortest = new Map<number | string, string>();
  prompts.forEach((text, index) => {
    const parts = text.split(request.subject);
    if (parts.length !== 2 || text.includes('\n')) return;
    const key = wordings?.[index] ?? text;
    const pattern = parts.join('{}');
    const known = shortest.get(key);
    if (known === undefined || pattern.length < known.length) shortest.set(key, pattern);
  });
  return [...new Set(shortest.values())].filter((pattern) => pattern !== request.prompt);
}

/**
 * Kinds without end, each run of copy + update + retain of them in the ratio, shuffled within.
 */
export function* dealKinds(ratio: DemonstrationRatio, random: Random): Generator<DemonstrationKind> {
  const run = (['copy', 'update', 'retain'] as const).flatMap((kind) =>
    Array.from({ length: ratio[kind] }, () => kind),
  );
  for (;;) yield* random.shuffle(run);
}

/** What demonstrations are put together from. */
export interface DemonstrationParts {
  /** The request's own prompt, with `{}`: words every new fact. */
  readonly prompt: string;
  /** Other wordings, for updates and what is retained. */
  readonly patterns: readonly string[];
  /** Every known fact, for what is retained. */
  readonly facts: readonly OtherFact[];
}

/**
 * A demonstration of a changed fact.
 *
 * Copy asks the fact's own prompt again, update another wording of it, retain the same of another subject: one with the
 * fact's true object where there is one, as CounterFact's neighbours have it. Undefined for a retain without another
 * subject; an update without another wording asks the own one.
 */
export function demonstrate(
  kind: DemonstrationKind,
  { subject, object, objectNew }: ChangedFact,
  { prompt, patterns, facts }: DemonstrationParts,
  random: Random,
): Demonstration | undefined {
  const own = fillPrompt(prompt, subject);
  const fact = `${own} ${objectNew}`;
  const pattern = patterns.length === 0 ? prompt : random.pick(patterns);
  switch (kind) {
    case 'copy':
      return { kind, fact, prompt: own, answer: objectNew };
    case 'update':
      return { kind, fact, prompt: fillPrompt(pattern, subject), answer: objectNew };
    case 'retain': {
      const others = facts.filter((other) => other.subject !== subject);
      const neighbours = others.filter((other) => other.object === object);
      if (others.length === 0) return undefined;
      const other = random.pick(neighbours.length > 0 ? neighbours : others);
      return { kind, fact, prompt: fillPrompt(pattern, other.subject), answer: other.object };
    }
  }
}
