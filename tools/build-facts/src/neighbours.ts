import type { CounterfactRecord, CounterfactRequest } from './counterfact-requests.js';
import type { Statement } from './statement.js';

/** A prompt's text before and after its subject, e.g. `['The capital of ', ' is']`. */
export type SubjectSlot = readonly [before: string, after: string];

/** The slots in which requests of each relation put their subjects, the most specific first. */
export function collectSlots(
  requests: readonly CounterfactRequest[],
): ReadonlyMap<string, readonly SubjectSlot[]> {
  const templates = new Map<string, Set<string>>();
  for (const { relation, template } of requests) {
    if (relation === undefined || template.split('{}').length !== 2) continue;
    templates.set(relation, (templates.get(relation) ?? new Set()).add(template));
  }
  return new Map(
    [...templates].map(([relation, set]) => [
      relation,
      [...set].sort((a, b) => b.length - a.length).map((text) => text.split('{}') as [string, string]),
    ]),
  );
}

/** Every text that stands in one of the slots of the prompt, in the order of the slots. */
export function subjectCandidates(prompt: string, slots: readonly SubjectSlot[]): string[] {
  const candidates = slots
    .filter(
      ([before, after]) =>
        prompt.length > before.length + after.length && prompt.startsWith(before) && prompt.endsWith(after),
    )
    .map(([before, after]) => prompt.slice(before.length, prompt.length - after.length));
  return [...new Set(candidates)];
}

/**
 * The neighbours of CounterFact records as facts.
 *
 * A neighbourhood prompt asks the record's relation of another subject with the
 * same true object, in the wording of some request. The subject is the candidate of
 * which `holds` knows the fact, else the one in the most specific slot.
 */
export function readNeighbours(
  records: readonly CounterfactRecord[],
  slots: ReadonlyMap<string, readonly SubjectSlot[]>,
  holds: (relation: string, subject: string, object: string) => boolean,
): { statements: Statement[]; unread: number } {
  const statements: Statement[] = [];
  let unread = 0;
  for (const { request, neighbourPrompts } of records)
    for (const prompt of neighbourPrompts) {
      const { relation, object } = request;
      const candidates = subjectCandidates(prompt, slots.get(relation) ?? []);
      const subject = candidates.find((text) => holds(relation, text, object)) ?? candidates[0];
      if (subject === undefined) unread++;
      else statements.push({ relation, subject, object, source: 'neighbour' });
    }
  return { statements, unread };
}
