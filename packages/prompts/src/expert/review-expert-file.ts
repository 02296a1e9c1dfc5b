import { fillPrompt, type EditRequest, type PromptKind } from '@sakejs/spec';
import { screenCandidates, standardGates, type ScreenedRequest } from '../quality/screen-candidates.js';
import type { QualityGate } from '../quality/quality-gate.js';
import type { ExpertFile, ExpertProblem, ExpertPrompt, ExpertRecord } from './expert-file.js';

export interface ReviewOptions {
  /** Requests that tell the objects of records that do not name them. */
  readonly requests?: readonly EditRequest[];
  /** Default the standard gates. */
  readonly gates?: readonly QualityGate[];
}

/** A text of a file that a gate would drop. */
export interface ReviewedDrop {
  /** Of the prompt; of its record for positives and negatives. */
  readonly line: number;
  readonly reason: string;
  readonly kind: PromptKind;
  readonly text: string;
}

/** What is wrong with a file, and what would not be used of it. */
export interface ExpertReview {
  readonly name: string;
  readonly problems: readonly ExpertProblem[];
  readonly drops: readonly ReviewedDrop[];
  /** Prompts that were looked at, and how many passed. */
  readonly prompts: number;
  readonly kept: number;
  /** Records whose objects nobody told: leaks of them cannot be seen. */
  readonly withoutObjects: readonly { readonly line: number; readonly subject: string }[];
}

/** Stands for the subject of prompts that are for any. */
const anybody = 'Somebody';

/**
 * Looks through a file before it is used: every problem, and every text that a gate would drop, with its line.
 */
export function reviewExpertFile(file: ExpertFile, options: ReviewOptions = {}): ExpertReview {
  const { requests = [], gates = standardGates } = options;
  const drops: ReviewedDrop[] = [];
  const withoutObjects: { line: number; subject: string }[] = [];
  let prompts = 0;
  let kept = 0;
  const look = (
    request: ScreenedRequest,
    kind: PromptKind,
    texts: readonly ExpertPrompt[],
    subjects: readonly string[] = [],
  ): number => {
    const filled = texts.map(({ text }) => fillPrompt(text, request.subject));
    const options = { request, kind, gates, aliases: { subject: subjects } };
    const { accepted, rejected } = screenCandidates(filled, options);
    for (const { index, reason, text } of rejected)
      drops.push({ line: texts[index]!.line, reason, kind, text });
    return accepted.length;
  };
  const lookAtPrompts = (request: ScreenedRequest, texts: readonly ExpertPrompt[]): void => {
    prompts += texts.length;
    kept += look(request, 'paraphrase', texts);
  };
  lookAtPrompts({ subject: anybody }, file.shared);
  for (const record of file.records) {
    const request = requestOfRecord(record, requests);
    if (request.targetTrue === undefined || request.targetNew === undefined)
      withoutObjects.push({ line: record.line, subject: record.subject });
    lookAtPrompts(request, record.prompts);
    for (const [kind, { texts, subjects }] of byKind(record)) look(request, kind, texts, subjects);
  }
  return {
    name: file.name,
    problems: file.problems,
    drops: drops.sort((a, b) => a.line - b.line),
    prompts,
    kept,
    withoutObjects,
  };
}

function requestOfRecord(record: ExpertRecord, requests: readonly EditRequest[]): ScreenedRequest {
  const { subject, prompt, targetTrue, targetNew } = record;
  const asked = requests.find(
    (request) =>
      request.subject === subject.trim() && (prompt === undefined || request.prompt === prompt.trim()),
  );
  return {
    ...asked,
    subject: subject.trim(),
    ...(prompt === undefined ? {} : { prompt }),
    ...(targetTrue === undefined ? {} : { targetTrue }),
    ...(targetNew === undefined ? {} : { targetNew }),
  };
}

/** A record's positives and negatives by kind, with the subjects that they say to speak of. */
function byKind({
  line,
  positives = [],
  negatives = [],
}: ExpertRecord): Map<PromptKind, { texts: ExpertPrompt[]; subjects: string[] }> {
  const groups = new Map<PromptKind, { texts: ExpertPrompt[]; subjects: string[] }>();
  for (const { text, kind, subject } of [...positives, ...negatives]) {
    const group = groups.get(kind) ?? { texts: [], subjects: [] };
    groups.set(kind, group);
    group.texts.push({ text, line });
    if (subject !== undefined) group.subjects.push(subject);
  }
  return groups;
}
