import { fillPrompt, type ImplicationForm, type PromptKind, type ScopePrompt } from '@sakejs/spec';
import type { Implication } from '../agent/screen-implications.js';
import type { ReverseQuestion } from '../agent/screen-reverse-questions.js';
import { csvHops, type CsvCells, type CsvPart } from './csv-columns.js';
import type { ExpertPrompt, ExpertRecord } from './expert-file.js';
import { count, implicationForms, promptKinds, promptText, setting } from './expert-schema.js';
import { implication, partsOf, reverseQuestion, writingReport } from './written-parts.js';

type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };
type Problem = (message: string) => void;

/** What follows from a record's edit, row by row. */
interface CsvImplied {
  readonly name: string;
  readonly form: ImplicationForm;
  readonly prompts: ScopePrompt[];
  readonly negatives: ScopePrompt[];
}

/** A record in the making, row by row. */
export interface CsvRecord {
  readonly record: Mutable<ExpertRecord> & { prompts: ExpertPrompt[] };
  readonly positives: ScopePrompt[];
  readonly negatives: ScopePrompt[];
  readonly implied: CsvImplied[];
  readonly aliases: string[];
  readonly implications: Implication[];
  readonly reverseQuestions: ReverseQuestion[];
  readonly source: Record<string, string | number | boolean>;
  readonly dropped: Record<string, number>;
  /** Fields of the report, as JSON values. */
  readonly report: Record<string, unknown>;
}

/** A record without rows, of the request that a row names. */
export function openCsvRecord(cells: CsvCells, line: number): CsvRecord {
  const { subject = '', prompt, targetTrue, targetNew, relation } = cells;
  return {
    record: {
      line,
      subject,
      ...(prompt === undefined ? {} : { prompt }),
      ...(targetTrue === undefined ? {} : { targetTrue }),
      ...(targetNew === undefined ? {} : { targetNew }),
      ...(relation === undefined ? {} : { relation }),
      prompts: [],
    },
    positives: [],
    negatives: [],
    implied: [],
    aliases: [],
    implications: [],
    reverseQuestions: [],
    source: {},
    dropped: {},
    report: {},
  };
}

/** Puts a row in its place; `problem` is told what is wrong with it. */
export function addCsvRow(
  of: CsvRecord,
  cells: CsvCells,
  part: CsvPart,
  line: number,
  problem: Problem,
): void {
  if (part === 'source' || part === 'dropped' || part === 'report') return addField(of, cells, part, problem);
  const checked = promptText.safeParse(cells.text ?? '');
  if (!checked.success) return problem(checked.error.issues[0]!.message);
  const text = checked.data;
  switch (part) {
    case 'prompts': {
      const prompt = csvPrompt(cells, text, line, problem);
      of.record.prompts.push(prompt);
      return;
    }
    case 'aliases':
      of.aliases.push(text);
      return;
    case 'implications': {
      const { kind, answerTrue, answerNew } = cells;
      const parsed = implication.safeParse({
        text,
        hops: csvHops.indexOf(kind ?? '') + 1,
        answerTrue,
        answerNew,
      });
      if (parsed.success) of.implications.push(parsed.data);
      else
        problem(
          `expected ${csvHops.join(' or ')} in kind and both answers of an implication, got ${JSON.stringify([kind, answerTrue, answerNew])}`,
        );
      return;
    }
    case 'reverseQuestions': {
      const { targetNew } = of.record;
      const parsed = reverseQuestion.safeParse({ pattern: text, text: fillPrompt(text, targetNew ?? '') });
      if (parsed.success && targetNew !== undefined) of.reverseQuestions.push(parsed.data);
      else problem('expected {} in a reverse question, in the place of the object, and targetNew beside it');
      return;
    }
    default: {
      const kind = promptKinds.find((each) => each === cells.kind);
      if (kind === undefined)
        return problem(
          `expected a kind among ${promptKinds.join(', ')}, got ${JSON.stringify(cells.kind ?? '')}`,
        );
      listOf(of, part, cells, problem)?.push(scopePrompt(text, kind, cells));
    }
  }
}

/** Where a text beyond the prompts is kept; undefined where `problem` was told why nowhere. */
function listOf(
  of: CsvRecord,
  part: 'positives' | 'negatives' | 'implied' | 'impliedNegatives',
  { implication: name, form: given }: CsvCells,
  problem: Problem,
): ScopePrompt[] | undefined {
  if (part === 'positives' || part === 'negatives') return of[part];
  const form = implicationForms.find((each) => each === given);
  if (name === undefined || form === undefined) {
    problem(
      `expected a name in implication and one of ${implicationForms.join(', ')} in form, got ${JSON.stringify([name, given])}`,
    );
    return undefined;
  }
  let known = of.implied.find((each) => each.name === name && each.form === form);
  if (known === undefined) of.implied.push((known = { name, form, prompts: [], negatives: [] }));
  return part === 'implied' ? known.prompts : known.negatives;
}

/** A row's prompt. */
export function csvPrompt({ wording }: CsvCells, text: string, line: number, problem: Problem): ExpertPrompt {
  const number = wording === undefined ? undefined : Number(wording);
  if (number !== undefined && !Number.isInteger(number))
    problem(`expected a whole number as the wording of a prompt, got ${JSON.stringify(wording)}`);
  return { text, line, ...(number === undefined ? {} : { wording: number }) };
}

/** The record of all rows; undefined where `problem` was told what it lacks. */
export function closeCsvRecord(of: CsvRecord, problem: Problem): ExpertRecord | undefined {
  const { record, positives, negatives, implied, source, dropped } = of;
  const { aliases, implications, reverseQuestions } = of;
  if (record.prompts.length === 0) {
    problem('expected at least one prompt of the record, got none');
    return undefined;
  }
  const empty = implied.find(({ prompts }) => prompts.length === 0);
  if (empty !== undefined)
    problem(`expected at least one prompt of the implication ${JSON.stringify(empty.name)}, got none`);
  const exported = 'kind' in source;
  const reported = Object.keys(of.report).length > 0;
  const report = reported ? writingReport.safeParse(of.report) : undefined;
  if (report?.success === false)
    problem(
      `expected a whole report of the record, got ${report.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
    );
  return {
    ...record,
    ...(exported || positives.length > 0 ? { positives } : {}),
    ...(exported || negatives.length > 0 ? { negatives } : {}),
    ...(implied.length > 0 ? { implied } : {}),
    // An empty list has no row: the report tells that there was one.
    ...partsOf({
      aliases: reported || aliases.length > 0 ? aliases : undefined,
      implications: reported || implications.length > 0 ? implications : undefined,
      reverseQuestions: reported || reverseQuestions.length > 0 ? reverseQuestions : undefined,
      report: report?.data,
    }),
    ...(exported ? { source: source as NonNullable<ExpertRecord['source']>, dropped } : {}),
  };
}

function addField(
  of: CsvRecord,
  { kind, text }: CsvCells,
  part: 'source' | 'dropped' | 'report',
  problem: Problem,
): void {
  const value = parseJson(text);
  const checked = part === 'report' ? { success: value !== undefined, data: value } : undefined;
  const { success, data } = checked ?? (part === 'source' ? setting : count).safeParse(value);
  const what = { source: 'a JSON text, number or truth value', dropped: 'a whole number', report: 'JSON' };
  if (kind === undefined || !success)
    problem(
      `expected a name in kind and ${what[part]} in text, got ${JSON.stringify(kind)} and ${JSON.stringify(text)}`,
    );
  else (of[part] as Record<string, unknown>)[kind] = data;
}

function scopePrompt(text: string, kind: PromptKind, { about, wording }: CsvCells): ScopePrompt {
  return {
    text,
    kind,
    ...(about === undefined ? {} : { subject: about }),
    ...(wording === undefined ? {} : { wording }),
  };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '') as unknown;
  } catch {
    return undefined;
  }
}
