import type { ScopePrompt } from '@sakejs/spec';
import { asksTheSame } from '../phrasings/near-relations.js';
import type { SubjectKind } from '../phrasings/relation-phrasings.js';
import { words } from '../wording.js';
import type { AllowedPhrasings } from './asker.js';
import type { NegativeContext } from './negative-context.js';

/** Other relations asked of the edit's subject, whether or not the facts know the answer. */
export function* otherRelationPrompts(context: NegativeContext): Generator<ScopePrompt> {
  const { asker, random, request } = context;
  const relations = otherRelations(context);
  while (relations.length > 0)
    for (const of of random.shuffle(relations))
      yield {
        text: asker.ask(of, request.subject, random),
        kind: 'other-relation',
        subject: request.subject,
      };
}

/**
 * The relations that can be asked of the edit's subject and mean something else.
 *
 * They share a kind of subject with the edit's relation: where the facts know
 * the subject in other relations, a kind that those have too. Left out are relations that ask nearly the
 * same, and wordings whose every word some wording of the edit's relation has.
 */
export function otherRelations(context: NegativeContext): AllowedPhrasings[] {
  const { asker } = context;
  const kinds = subjectKinds(context);
  const ownWords = [...asker.own.statements, ...asker.own.questions].map(
    (pattern) => new Set(words(pattern)),
  );
  const isAmbiguous = (pattern: string): boolean => {
    const used = words(pattern);
    return ownWords.some((own) => used.every((word) => own.has(word)));
  };
  return asker.others
    .filter(
      ({ phrasings }) =>
        !asksTheSame(phrasings.relation, asker.own.phrasings.relation) &&
        phrasings.subjectKinds.some((kind) => kinds.includes(kind)),
    )
    .map((of) => ({
      phrasings: of.phrasings,
      statements: of.statements.filter((pattern) => !isAmbiguous(pattern)),
      questions: of.questions.filter((pattern) => !isAmbiguous(pattern)),
    }))
    .filter(({ statements }) => statements.length > 0);
}

function subjectKinds({ asker, facts, request }: NegativeContext): readonly SubjectKind[] {
  const own = asker.own.phrasings.subjectKinds;
  const known = new Set(facts.aboutSubject(request.subject).map((fact) => fact.relation));
  const shared = own.filter((kind) =>
    asker.others
      .filter(({ phrasings }) => known.has(phrasings.relation))
      .every(({ phrasings }) => phrasings.subjectKinds.includes(kind)),
  );
  return shared.length > 0 ? shared : own;
}
