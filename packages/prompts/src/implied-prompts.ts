import { fillPrompt, type ImpliedPrompts, type ScopePrompt } from '@sakejs/spec';
import type { KnownFact } from './fact-index.js';
import { fillDescription } from './fill-description.js';
import { allowedPhrasings } from './negatives/asker.js';
import { otherRelations } from './negatives/other-relation.js';
import { mayUse, phrasingsOf, rounds, type NegativeContext } from './negatives/negative-context.js';
import type { PromptCollector } from './collect-prompts.js';
import { relationPhrasings } from './phrasings/all-relations.js';

export interface ImpliedPromptsOptions {
  /** Prompts of each question about the object; four times as many describe the subject. */
  readonly count: number;
  /** Makes the collector of one implication: texts may recur in others. */
  readonly collector: () => PromptCollector;
}

/** Fewest facts that must describe the subject: a scope learned from fewer would know those alone. */
const LEAST_DESCRIBING = 3;

/** A relation's noun phrases that tests do not keep for themselves, with `{}`. */
function descriptionsOf({ withholding }: NegativeContext, relation: string): readonly string[] {
  const phrasings = relationPhrasings.find((each) => each.relation === relation);
  return (phrasings?.descriptions ?? []).filter((pattern) => !withholding.blocksPattern(pattern));
}

/**
 * What follows from an edit by two facts: other relations of its object, which is described by way of the subject, and its
 * own relation of its subject, which is described by way of facts that have it as their object.
 *
 * Which relations an object has is known from the facts about the old and the new one; the answers are not looked at, as a
 * method finds out what the model makes of them.
 */
export function impliedPrompts(context: NegativeContext, options: ImpliedPromptsOptions): ImpliedPrompts[] {
  const described = describedSubject(context, options);
  return [...objectRelations(context, options), ...(described === undefined ? [] : [described])];
}

function objectRelations(context: NegativeContext, options: ImpliedPromptsOptions): ImpliedPrompts[] {
  const { asker, facts, random, request } = context;
  const own = asker.own.phrasings.relation;
  const descriptions = descriptionsOf(context, own);
  if (descriptions.length === 0) return [];
  const relations = new Set(
    [request.targetTrue, request.targetNew].flatMap((object) =>
      facts.aboutSubject(object).map(({ relation }) => relation),
    ),
  );
  const others = facts.ofRelation(own).filter((fact) => mayUse(context, fact));
  return [...relations]
    .filter((relation) => relation !== own)
    .sort()
    .flatMap((relation): ImpliedPrompts[] => {
      const of = phrasingsOf(context, relation);
      if (of === undefined) return [];
      const from = random.fork(`implied ${relation}`);
      const asked = (subject: string, kind: ScopePrompt['kind']): ScopePrompt => {
        const pattern = from.pick(of.statements);
        const text = fillDescription(pattern, fillPrompt(from.pick(descriptions), subject));
        return { text, kind, subject: mentioned(text, subject), wording: pattern };
      };
      const collector = options.collector();
      const prompts = collector.take(
        endless(() => asked(request.subject, 'implication')),
        options.count,
      );
      const negatives = collector.take(
        map(rounds(others, from), ({ subject }) => asked(subject, 'other-subject')),
        options.count,
      );
      return prompts.length === 0 ? [] : [{ name: relation, form: 'object-relation', prompts, negatives }];
    });
}

function describedSubject(
  context: NegativeContext,
  { count, collector: create }: ImpliedPromptsOptions,
): ImpliedPrompts | undefined {
  const { asker, facts, random, request } = context;
  const own = asker.own.phrasings.relation;
  const { statements } = allowedPhrasings(asker.own.phrasings, context.withholding);
  const from = random.fork('described subject');
  const describing = new Map<string, readonly string[]>();
  const patternsOf = (relation: string): readonly string[] => {
    const known = describing.get(relation) ?? descriptionsOf(context, relation);
    describing.set(relation, known);
    return known;
  };
  const usable = (fact: KnownFact): boolean =>
    fact.relation !== own && patternsOf(fact.relation).length > 0 && mayUse(context, fact);
  const through = facts.withObject(request.subject).filter(usable);
  if (new Set(through.map(({ subject }) => subject)).size < LEAST_DESCRIBING || statements.length === 0)
    return undefined;

  const asked = (
    fact: KnownFact,
    kind: ScopePrompt['kind'],
    wording: string,
    patterns: readonly string[] = statements,
  ): ScopePrompt => {
    const description = fillPrompt(from.pick(patternsOf(fact.relation)), fact.subject);
    const text = fillDescription(from.pick(patterns), description);
    return { text, kind, subject: mentioned(text, description), wording };
  };
  const collector = create();
  const prompts = collector.take(
    map(rounds(through, from), (fact) => asked(fact, 'implication', fact.subject)),
    4 * count,
  );
  const answered = ({ object }: KnownFact): boolean =>
    object !== request.subject && facts.aboutSubject(object).some(({ relation }) => relation === own);
  const elsewhere = [...new Set(through.map(({ relation }) => relation))]
    .flatMap((relation) => facts.ofRelation(relation))
    .filter((fact) => answered(fact) && mayUse(context, fact));
  // What describes others need not be what describes this subject: its own few relations would teach those alone.
  const described = relationPhrasings
    .map(({ relation }) => relation)
    .filter((relation) => relation !== own && patternsOf(relation).length > 0);
  const anywhere = firstOf(
    from.shuffle(described.flatMap((relation) => facts.ofRelation(relation))),
    (fact) => answered(fact) && mayUse(context, fact),
    4 * count,
  );
  const same = elsewhere.filter(({ object }) => facts.holds(object, own, request.targetTrue));
  const others = otherRelations(context);
  const otherwise = (fact: KnownFact): ScopePrompt =>
    asked(fact, 'other-relation', fact.subject, from.pick(others).statements);
  /** The one who describes the subject, asked for something else. */
  const aside = ({ subject }: KnownFact): ScopePrompt[] =>
    facts.aboutSubject(subject).flatMap((fact) => {
      const of = phrasingsOf(context, fact.relation);
      if (of === undefined) return [];
      return [{ text: asker.state(of, subject, from), kind: 'unrelated', subject, wording: subject }];
    });
  const negatives = [
    ...collector.take(others.length === 0 ? [] : map(rounds(through, from), otherwise), 4 * count),
    ...collector.take(
      flatten(map(rounds(through, from), (fact) => from.shuffle(aside(fact)).slice(0, 1))),
      2 * count,
    ),
    ...collector.take(
      map(rounds(elsewhere, from), (fact) => asked(fact, 'other-subject', fact.object)),
      4 * count,
    ),
    ...collector.take(
      map(rounds(anywhere, from), (fact) => asked(fact, 'other-subject', fact.object)),
      2 * count,
    ),
    ...collector.take(
      others.length === 0
        ? []
        : map(rounds(anywhere, from), (fact) =>
            asked(fact, 'other-relation', fact.object, from.pick(others).statements),
          ),
      2 * count,
    ),
    ...collector.take(
      map(rounds(same, from), (fact) => asked(fact, 'same-object', fact.object)),
      2 * count,
    ),
  ];
  return { name: `${own} described`, form: 'described-subject', prompts, negatives };
}

/** A name as it stands in a text that may begin with it, in upper case. */
const mentioned = (text: string, name: string): string =>
  text.includes(name) ? name : name.charAt(0).toUpperCase() + name.slice(1);

function* endless<T>(make: () => T): Generator<T> {
  for (;;) yield make();
}

function* flatten<T>(of: Iterable<readonly T[]>): Generator<T> {
  // Rounds never end: stop where whole rounds give nothing.
  let empty = 0;
  for (const each of of) {
    empty = each.length === 0 ? empty + 1 : 0;
    if (empty > 1000) return;
    yield* each;
  }
}

function* map<T, U>(of: Iterable<T>, change: (value: T) => U): Generator<U> {
  for (const each of of) yield change(each);
}

/** The first `most` of those that fit, without looking at the rest. */
function firstOf<T>(all: readonly T[], fits: (one: T) => boolean, most: number): T[] {
  const found: T[] = [];
  for (const one of all) {
    if (found.length >= most) break;
    if (fits(one)) found.push(one);
  }
  return found;
}
