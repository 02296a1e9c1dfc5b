import type { EditRequest } from '@sakejs/spec';
import { resolvedLabel, sharedSubject, type LabelOf } from './ripple-edits-labels.js';
import type { RawRippleEdit, RawRippleFact, RawRippleQuery } from './ripple-edits-schema.js';

/** What an edit asks for, or why it cannot be told. */
export type DerivedRequest =
  | { readonly problem: string }
  | {
      readonly request: Omit<EditRequest, 'targetTrue'>;
      /** Absent: the file has no original fact, or not its object's label. */
      readonly targetTrue?: string;
      /** Labels that were read off the sentences. */
      readonly derived: readonly ('subject' | 'object')[];
    };

/** The last word of every relation's phrase: the object follows it. */
const phraseEnd = /\s(?:is|are|follows|by)\s/g;

const sentence = (fact: RawRippleFact): string => fact.prompt.trim();
const withoutStop = (text: string): string => text.replace(/\s*\.$/, '');

/** What a sentence says before its object; undefined when it does not end with that object. */
function headOf(text: string, object: string): string | undefined {
  const body = [text, withoutStop(text)].find((ending) => ending.endsWith(` ${object}`));
  return body?.slice(0, -object.length).trimEnd();
}

/** Where the object begins, by what two sentences of one phrase share, or by the phrase's last word. */
function splitSentence(text: string, other: string | undefined): number | undefined {
  let shared = text.length;
  if (other !== undefined) {
    shared = 0;
    while (shared < text.length && text[shared] === other[shared]) shared++;
  }
  const ends = [...text.matchAll(phraseEnd)].map((match) => match.index + match[0].length);
  return ends.filter((end) => end <= shared && end < text.length).at(-1);
}

/**
 * Derives the request: the sentence before its object, with `{}` for the subject.
 *
 * Labels come from the record, else from `labelOf`, else from the sentences: the object is what follows the phrase that
 * the new and the original sentence share; the subject is what this phrase shares with other prompts about it.
 *
 * @param queries All queries of the record.
 */
export function deriveRequest(
  edit: RawRippleEdit,
  queries: readonly RawRippleQuery[],
  labelOf: LabelOf,
): DerivedRequest {
  const lookUp = (label: unknown, id: unknown): string | undefined =>
    resolvedLabel(label) ?? (typeof id === 'string' ? (resolvedLabel(id) ?? labelOf(id)) : undefined);
  const original = edit.original_fact ?? edit.previous_fact ?? undefined;
  const text = sentence(edit);
  const derived: ('subject' | 'object')[] = [];

  let targetNew = lookUp(edit.target_label, edit.target_id);
  let head = targetNew === undefined ? undefined : headOf(text, targetNew);
  if (head === undefined) {
    const at = splitSentence(text, original && sentence(original));
    targetNew = at === undefined ? undefined : resolvedLabel(withoutStop(text.slice(at)));
    if (at === undefined || targetNew === undefined)
      return { problem: 'edits whose sentence does not end with their object' };
    head = text.slice(0, at).trimEnd();
    derived.push('object');
  }

  let subject = lookUp(edit.subject_label, edit.subject_id);
  if (subject === undefined || !head.includes(subject)) {
    const about = queries.filter(
      ({ subject_id: id, query_type: type, phrase }) =>
        id === edit.subject_id && typeof id === 'string' && type !== 'two_hop' && typeof phrase !== 'string',
    );
    subject = sharedSubject([head, ...about.map(({ prompt }) => prompt)]);
    if (subject === undefined || !head.includes(subject))
      return { problem: 'edits whose subject has no label that their sentence holds' };
    derived.push('subject');
  }
  const prompt = head.replace(subject, () => '{}');
  if (prompt.split('{}').length !== 2) return { problem: "edits whose sentence holds '{}'" };

  const relation = edit.relation ?? undefined;
  const request = { subject, prompt, targetNew: targetNew!, ...(relation === undefined ? {} : { relation }) };
  const targetTrue =
    original && trueObject(original, head, lookUp(original.target_label, original.target_id));
  if (targetTrue === targetNew) return { problem: 'edits whose objects are equal' };
  return { request, derived, ...(targetTrue === undefined ? {} : { targetTrue }) };
}

/** The original sentence's object: its label, else what follows the edit's head. */
function trueObject(original: RawRippleFact, head: string, label: string | undefined): string | undefined {
  if (label !== undefined) return label;
  const text = sentence(original);
  return text.startsWith(`${head} `) ? resolvedLabel(withoutStop(text.slice(head.length))) : undefined;
}
