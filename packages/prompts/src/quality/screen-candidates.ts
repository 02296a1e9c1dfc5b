import type { EditRequest, PromptKind } from '@sakejs/spec';
import { createWithholding, type Withholding } from '../withholding.js';
import { normalizeWording } from '../wording.js';
import { languageIs } from './language-gate.js';
import { lengthBounds } from './length-gate.js';
import { nearDuplicate } from './near-duplicate.js';
import type { Candidate, GateContext, QualityGate } from './quality-gate.js';
import { subjectIn } from './subject-in.js';
import { duplicate, emptyText, missingSubject, namesObject, placeholder, withheld } from './text-gates.js';

/** Other names of what a request names. */
export interface RequestAliases {
  readonly subject?: readonly string[];
  readonly targetTrue?: readonly string[];
  readonly targetNew?: readonly string[];
}

/** A request, or as much of it as is known: without objects, none can leak. */
export type ScreenedRequest = Pick<EditRequest, 'subject'> & Partial<EditRequest>;

export interface ScreenOptions {
  readonly request: ScreenedRequest;
  /** What the candidates are to the edit. Default `paraphrase`. */
  readonly kind?: PromptKind;
  readonly aliases?: RequestAliases;
  /** Test prompts, or the rule that was made from them. */
  readonly withhold?: readonly string[] | Withholding;
  /** Texts that stand elsewhere in the distribution, which no candidate may repeat. */
  readonly taken?: readonly string[];
  /** Stop after so many kept ones. Default: look at all. */
  readonly count?: number;
  /** Default {@link standardGates}; the first that refuses a candidate gives the reason. */
  readonly gates?: readonly QualityGate[];
}

/** A candidate that was left out. */
export interface DroppedCandidate {
  readonly text: string;
  readonly index: number;
  /** Name of the gate that refused it. */
  readonly reason: string;
}

export interface Screened {
  /** In the order of the candidates. */
  readonly accepted: readonly Candidate[];
  readonly rejected: readonly DroppedCandidate[];
  /** How many were dropped, by reason, as distributions count them. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** The gates that need nothing but the text, in the order in which they are asked. */
export const standardGates: readonly QualityGate[] = [
  emptyText,
  lengthBounds(),
  missingSubject,
  placeholder,
  namesObject,
  languageIs(),
  withheld,
  duplicate,
  nearDuplicate(),
];

/**
 * Keeps the candidates that pass every gate, and counts the others by the gate that refused them.
 *
 * Gates look at the kinds that they are for: an implication need not name the subject, a doubt may name objects.
 * Candidates are trimmed first. A lazy list is read no further than `count` asks for.
 */
export function screenCandidates(candidates: Iterable<string>, options: ScreenOptions): Screened {
  const { count = Infinity, gates = standardGates } = options;
  const context = gateContext(options);
  const { kind, subjects } = context;
  const asked = gates.filter(({ kinds }) => kinds === undefined || kinds.includes(kind));
  const kept = context.kept as Candidate[];
  const accepted: Candidate[] = [];
  const rejected: DroppedCandidate[] = [];
  let index = 0;
  if (count <= 0) return { accepted, rejected, dropped: {} };
  for (const raw of candidates) {
    const candidate = asCandidate(raw, index++, subjects);
    const refusing = asked.find((gate) => !gate.check(candidate, context));
    if (refusing === undefined) {
      kept.push(candidate);
      accepted.push(candidate);
      if (accepted.length >= count) break;
    } else rejected.push({ text: candidate.text, index: candidate.index, reason: refusing.name });
  }
  return { accepted, rejected, dropped: countReasons(rejected) };
}

/** What gates know of a request before any candidate. */
export function gateContext(options: ScreenOptions): GateContext {
  const { request, kind = 'paraphrase', aliases = {}, withhold = [], taken = [] } = options;
  const subjects = names([request.subject, ...(aliases.subject ?? [])]);
  return {
    kind,
    subjects,
    objects: names([
      request.targetTrue,
      request.targetNew,
      ...(aliases.targetTrue ?? []),
      ...(aliases.targetNew ?? []),
    ]),
    withholding: asWithholding(request, withhold),
    kept: taken.map((text) => asCandidate(text, -1, subjects)),
  };
}

/** How often each reason was given. */
export function countReasons(rejected: readonly DroppedCandidate[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of rejected) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

function asCandidate(raw: string, index: number, subjects: readonly string[]): Candidate {
  const text = raw.trim();
  const subject = subjectIn(text, subjects);
  return { text, index, wording: normalizeWording(text), ...(subject === undefined ? {} : { subject }) };
}

/** Each name once, none empty, longest first: `New York City` is found before `New York`. */
function names(of: readonly (string | undefined)[]): string[] {
  const given = of.flatMap((name) => (name === undefined || name.trim() === '' ? [] : [name.trim()]));
  return [...new Set(given)].sort((a, b) => b.length - a.length);
}

function asWithholding(
  request: ScreenedRequest,
  withhold: readonly string[] | Withholding,
): Withholding | undefined {
  if (!('length' in withhold)) return withhold;
  if (withhold.length === 0) return undefined;
  const { subject, prompt = '{}', targetTrue = '', targetNew = '' } = request;
  return createWithholding({ subject, prompt, targetTrue, targetNew }, withhold);
}
