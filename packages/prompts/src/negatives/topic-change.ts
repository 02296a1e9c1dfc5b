import { fillPrompt, type ScopePrompt } from '@sakejs/spec';
import { fillTopicChange, topicChangeForms, type TopicChangeForm } from '../topic-change.js';
import type { NegativeContext } from './negative-context.js';
import { otherRelations } from './other-relation.js';
import { unrelatedFactPrompts } from './unrelated.js';
import { mayUse, rounds } from './negative-context.js';

/** What is asked last: a bare statement, and of whom. */
interface LastQuestion {
  readonly text: string;
  readonly subject: string;
}

/**
 * The edited question first and something else last: by turns another relation of the same
 * subject, the same relation of another subject, of one with the edit's true object, and another fact altogether. `subject` is the last one.
 */
export function* topicChangePrompts(context: NegativeContext): Generator<ScopePrompt> {
  const { asker, random } = context;
  const forms = topicChangeForms.filter(
    (form) => form.first !== 'question' || asker.own.questions.length > 0,
  );
  const lasts = [
    otherRelationLast(context),
    otherSubjectLast(context),
    sameObjectLast(context),
    unrelatedLast(context),
  ];
  let open = lasts;
  while (open.length > 0) {
    const ended: Generator<LastQuestion>[] = [];
    for (const last of open) {
      const next = last.next();
      if (next.done === true) {
        ended.push(last);
        continue;
      }
      const form = random.pick(forms);
      const text = fillTopicChange(form, { first: firstPart(context, form), last: next.value.text });
      yield { text, kind: 'topic-change', subject: next.value.subject, wording: form.name };
    }
    open = open.filter((last) => !ended.includes(last));
  }
}

function firstPart({ asker, random, request }: NegativeContext, form: TopicChangeForm): string {
  if (form.first === 'question') return fillPrompt(random.pick(asker.own.questions), request.subject);
  const statement = asker.state(asker.own, request.subject, random);
  if (form.first === 'open') return statement;
  return `${statement} ${random.pick([request.targetTrue, request.targetNew])}`;
}

function* otherRelationLast(context: NegativeContext): Generator<LastQuestion> {
  const { asker, random, request } = context;
  const relations = otherRelations(context);
  while (relations.length > 0)
    yield { text: asker.askBare(random.pick(relations), request.subject, random), subject: request.subject };
}

function* otherSubjectLast(context: NegativeContext): Generator<LastQuestion> {
  const { asker, facts, random } = context;
  const usable = facts.ofRelation(asker.own.phrasings.relation).filter((fact) => mayUse(context, fact));
  for (const { subject } of rounds(usable, random))
    yield { text: asker.askBare(asker.own, subject, random), subject };
}

/** The same relation of others with the edit's true object: what was asked first has the same answer. */
function* sameObjectLast(context: NegativeContext): Generator<LastQuestion> {
  const { asker, facts, random, request } = context;
  const usable = facts
    .withObject(request.targetTrue)
    .filter((fact) => fact.relation === asker.own.phrasings.relation && mayUse(context, fact));
  for (const { subject } of rounds(usable, random))
    yield { text: asker.askBare(asker.own, subject, random), subject };
}

function* unrelatedLast(context: NegativeContext): Generator<LastQuestion> {
  for (const { of, subject } of unrelatedFactPrompts(context))
    yield { text: context.asker.askBare(of, subject, context.random), subject };
}
