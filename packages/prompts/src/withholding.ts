import type { EditRequest } from '@sakejs/spec';
import { shortNames } from './short-names.js';
import { clauses, containsWording, normalizeWording, subjectMark } from './wording.js';

/** Least words of a clause without the subject that count as shared wording. */
const shortestSentence = 3;

/**
 * What test prompts keep for themselves: the wording around the edit's subject, their other clauses
 * (prefix sentences among them), and every other subject they name. Case, punctuation and white space never matter.
 *
 * A person's surname, and initials with it, count as the subject. A test prompt about another subject withholds that subject, not its wording:
 * specificity is about whom one asks. The request's own prompt is never withheld.
 */
export interface Withholding {
  /** Whether a test prompt asks in this pattern's wording of the edit's subject. */
  blocksPattern(pattern: string): boolean;
  /** Whether a test prompt holds this sentence. */
  blocksSentence(sentence: string): boolean;
  /** Whether a test prompt names this subject, which is not the edit's own. */
  blocksSubject(subject: string): boolean;
  /** Whether a text shares a clause around its subject, or a prefix, with a test prompt. */
  blocksText(text: string, subject: string | undefined): boolean;
}

interface TestWording {
  /** The whole test prompt, normalised, and with the edit's subject masked. */
  readonly plain: string;
  readonly masked: string;
  readonly clauses: readonly string[];
}

/** The no-leakage rule for one edit and its test prompts. */
export function createWithholding(request: EditRequest, tests: readonly string[]): Withholding {
  const own = ownClauses(request);
  /** The edit's subject, and what a person is also called: the wording around those is withheld too. */
  const names = [request.subject, ...shortNames(request.subject).map(({ alias }) => alias)].sort(
    (a, b) => b.length - a.length,
  );
  const ownSubject = normalizeWording(request.subject);
  const wordings = tests.map((test): TestWording => {
    const parts = clauses(test, ...names);
    return { plain: normalizeWording(test), masked: parts.join(' '), clauses: parts };
  });
  const testClauses = wordings.flatMap((test) => test.clauses).filter((clause) => !own.has(clause));
  const verdicts = new Map<string, boolean>();

  const blocksClause = (clause: string): boolean => {
    if (own.has(clause)) return false;
    let verdict = verdicts.get(clause);
    if (verdict === undefined) {
      verdict = wordings.some((test) => holdsClause(test, clause));
      verdicts.set(clause, verdict);
    }
    return verdict;
  };
  return {
    blocksPattern: (pattern) => clauses(pattern).filter(hasMark).some(blocksClause),
    blocksSentence: (sentence) => {
      const wording = normalizeWording(sentence);
      return wordings.some((test) => containsWording(test.plain, wording));
    },
    blocksSubject: (subject) => {
      const wording = normalizeWording(subject);
      return wording !== ownSubject && wordings.some((test) => containsWording(test.plain, wording));
    },
    blocksText: (text, subject) => {
      const parts = clauses(text, ...names, ...(subject === undefined ? [] : [subject]));
      const whole = parts.join(' ');
      return (
        parts.filter(hasMark).some(blocksClause) ||
        testClauses.some((clause) => wordCount(clause) >= shortestSentence && containsWording(whole, clause))
      );
    },
  };
}

/** The request's own clauses, open and with either object said: allowed everywhere. */
function ownClauses(request: EditRequest): ReadonlySet<string> {
  const said = [
    request.prompt,
    `${request.prompt} ${request.targetTrue}`,
    `${request.prompt} ${request.targetNew}`,
  ];
  return new Set(said.flatMap((text) => clauses(text)));
}

/** Whether a test prompt holds the clause; one of a single word must end a clause of it. */
function holdsClause(test: TestWording, clause: string): boolean {
  if (wordCount(clause) > 1) return containsWording(test.masked, clause);
  return test.clauses.some((part) => ` ${part}`.endsWith(` ${clause}`));
}

function hasMark(clause: string): boolean {
  return clause.includes(subjectMark);
}

function wordCount(clause: string): number {
  return clause.split(' ').filter((word) => word !== subjectMark).length;
}
