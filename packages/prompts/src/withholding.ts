import type { EditRequest } from '@sakejs/spec';
import { clauses, containsWording, normalizeWording, subjectMark } from './wording.js';

/** Most words that a test prompt's subject may have where it is not the edit's own. */
const longestSubject = 12;
/** Least words of a clause without the subject that count as shared wording. */
const shortestSentence = 3;

/** Which wording test prompts keep for themselves. Case, punctuation and white space never matter. */
export interface Withholding {
  /** Whether a test prompt asks in this pattern's wording, of any subject. The request's own pattern never is. */
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
  readonly namesSubject: boolean;
  readonly clauses: readonly string[];
}

/** The no-leakage rule for one edit and its test prompts. */
export function createWithholding(request: EditRequest, tests: readonly string[]): Withholding {
  const own = ownClauses(request);
  const ownSubject = normalizeWording(request.subject);
  const wordings = tests.map((test): TestWording => {
    const parts = clauses(test, request.subject);
    const masked = parts.join(' ');
    return { plain: normalizeWording(test), masked, namesSubject: hasMark(masked), clauses: parts };
  });
  const testClauses = wordings.flatMap((test) => test.clauses).filter((clause) => !own.has(clause));
  const verdicts = new Map<string, boolean>();

  const blocksClause = (clause: string): boolean => {
    if (own.has(clause)) return false;
    let verdict = verdicts.get(clause);
    if (verdict === undefined) {
      const ofAnySubject = anySubject(clause);
      verdict = wordings.some((test) =>
        test.namesSubject ? sharesOwn(test, clause) : test.clauses.some((part) => ofAnySubject.test(part)),
      );
      verdicts.set(clause, verdict);
    }
    return verdict;
  };
  return {
    blocksPattern: (pattern) => clauses(pattern, undefined).filter(hasMark).some(blocksClause),
    blocksSentence: (sentence) => {
      const wording = normalizeWording(sentence);
      return wordings.some((test) => containsWording(test.plain, wording));
    },
    blocksSubject: (subject) => {
      const wording = normalizeWording(subject);
      return wording !== ownSubject && wordings.some((test) => containsWording(test.plain, wording));
    },
    blocksText: (text, subject) => {
      const parts = clauses(text, subject);
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
  return new Set(said.flatMap((text) => clauses(text, undefined)));
}

/** Whether a test prompt about the edit's subject holds the clause; one with a single word must end a clause of it. */
function sharesOwn(test: TestWording, clause: string): boolean {
  if (wordCount(clause) > 1) return containsWording(test.masked, clause);
  return test.clauses.some((part) => ` ${part}`.endsWith(` ${clause}`));
}

/** Matches a clause that ends in this one, with any subject of up to 12 words in the place of `{}`. */
function anySubject(clause: string): RegExp {
  const [before = '', ...after] = clause.split(subjectMark);
  const lead = before === '' ? '' : `(?:^|.* )${before}`;
  return new RegExp(`${lead}\\S+(?: \\S+){0,${longestSubject - 1}}${after.join('\\S+')}$`, 'u');
}

function hasMark(clause: string): boolean {
  return clause.includes(subjectMark);
}

function wordCount(clause: string): number {
  return clause.split(' ').filter((word) => word !== subjectMark).length;
}
