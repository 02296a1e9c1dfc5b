import type { PromptKind, ScopePrompt } from '@sakejs/spec';
import { csvColumns, csvParts, type CsvColumn, type CsvPart } from './csv-columns.js';
import { csvRows } from './csv-rows.js';
import type { ExpertPrompt, ExpertRecord } from './expert-file.js';
import { count, promptKinds, promptText, setting } from './expert-schema.js';
import type { ExpertSink } from './read-json-prompts.js';

type Cells = Partial<Record<CsvColumn, string>>;
type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };

/** A record in the making. */
interface Draft {
  readonly key: string;
  readonly record: Mutable<ExpertRecord> & { prompts: ExpertPrompt[] };
  readonly positives: ScopePrompt[];
  readonly negatives: ScopePrompt[];
  readonly source: Record<string, string | number | boolean>;
  readonly dropped: Record<string, number>;
}

const remedy = 'see the README for the columns';
const positiveKinds: readonly string[] = ['implication', 'forced', 'doubt'];

/**
 * Reads rows under a heading; those of one subject, prompt and objects make a record, those without a subject are
 * shared. Without a `part`, the kind says what a row is; without a kind it is a prompt.
 */
export function readCsvPrompts(text: string, sink: ExpertSink): void {
  const [heading, ...rows] = csvRows(text);
  if (heading === undefined) return;
  const columns = readHeading(heading, sink);
  if (columns === undefined) return;
  const drafts: Draft[] = [];
  const open = new Map<string, Draft>();
  for (const row of rows) {
    const problem = (message: string): void => sink.problem({ line: row.line, message, remedy });
    if ('trouble' in row) {
      problem(
        `expected quotes around whole cells, doubled inside, got ${JSON.stringify(row.trouble.slice(0, 40))}`,
      );
      continue;
    }
    if (row.cells.length > columns.length) {
      problem(`expected at most ${columns.length} cells, got ${row.cells.length}`);
      continue;
    }
    const cells = asCells(columns, row.cells);
    const part = partOf(cells);
    if (part === undefined) {
      problem(`expected part among ${csvParts.join(', ')}, got ${JSON.stringify(cells.part)}`);
      continue;
    }
    if (cells.subject === undefined && part !== 'prompts') {
      problem(`expected a subject in a row of ${part}, got none`);
      continue;
    }
    const draft = cells.subject === undefined ? undefined : draftOf(cells, part, row.line, open, drafts);
    const prompt = addRow(cells, part, row.line, draft, problem);
    if (prompt !== undefined) sink.shared(prompt);
  }
  for (const { record, source, dropped, positives, negatives } of drafts) {
    const exported = 'kind' in source;
    if (record.prompts.length === 0) {
      sink.problem({
        line: record.line,
        message: 'expected at least one prompt of the record, got none',
        remedy,
      });
      continue;
    }
    sink.record({
      ...record,
      ...(exported || positives.length > 0 ? { positives } : {}),
      ...(exported || negatives.length > 0 ? { negatives } : {}),
      ...(exported ? { source: source as NonNullable<ExpertRecord['source']>, dropped } : {}),
    });
  }
}

function readHeading(
  row: ReturnType<typeof csvRows>[number],
  sink: ExpertSink,
): readonly CsvColumn[] | undefined {
  const names = 'cells' in row ? row.cells.map((cell) => cell.trim()) : [];
  const wrong = names.filter((name, at) => !isColumn(name) || names.indexOf(name) < at);
  if (names.includes('text') && wrong.length === 0) return names as CsvColumn[];
  const got = names.includes('text') ? wrong : names;
  sink.problem({
    line: row.line,
    message: `expected a heading with text, each column once among ${csvColumns.join(', ')}, got ${JSON.stringify(got.join(','))}`,
    remedy,
  });
  return undefined;
}

function isColumn(name: string): name is CsvColumn {
  return (csvColumns as readonly string[]).includes(name);
}

function asCells(columns: readonly CsvColumn[], values: readonly string[]): Cells {
  const cells: Cells = {};
  for (const [at, value] of values.entries()) if (value !== '') cells[columns[at]!] = value;
  return cells;
}

function partOf({ part, kind }: Cells): CsvPart | undefined {
  if (part !== undefined) return csvParts.find((known) => known === part);
  if (kind === undefined || kind === 'paraphrase') return 'prompts';
  return positiveKinds.includes(kind) ? 'positives' : 'negatives';
}

/** The record of a row; a setting of the source behind texts begins another one of the same request. */
function draftOf(
  cells: Cells,
  part: CsvPart,
  line: number,
  open: Map<string, Draft>,
  drafts: Draft[],
): Draft {
  const { subject = '', prompt, targetTrue, targetNew, relation } = cells;
  const key = JSON.stringify([subject, prompt, targetTrue, targetNew, relation]);
  const known = open.get(key);
  if (known !== undefined && !(part === 'source' && known.record.prompts.length > 0)) return known;
  const draft: Draft = {
    key,
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
    source: {},
    dropped: {},
  };
  open.set(key, draft);
  drafts.push(draft);
  return draft;
}

/** Puts a row in its place; gives the prompt back where no record is to have it. */
function addRow(
  { text, kind, about, wording }: Cells,
  part: CsvPart,
  line: number,
  draft: Draft | undefined,
  problem: (message: string) => void,
): ExpertPrompt | undefined {
  if (part === 'source' || part === 'dropped') {
    const value = (part === 'source' ? setting : count).safeParse(parseJson(text));
    if (kind === undefined || !value.success)
      problem(
        `expected a name in kind and ${part === 'source' ? 'a JSON text, number or truth value' : 'a whole number'} in text, got ${JSON.stringify(kind)} and ${JSON.stringify(text)}`,
      );
    else (draft![part] as Record<string, unknown>)[kind] = value.data;
    return undefined;
  }
  const checked = promptText.safeParse(text ?? '');
  if (!checked.success) {
    problem(checked.error.issues[0]!.message);
    return undefined;
  }
  if (part === 'prompts') {
    const number = wording === undefined ? undefined : Number(wording);
    if (number !== undefined && !Number.isInteger(number))
      problem(`expected a whole number as the wording of a prompt, got ${JSON.stringify(wording)}`);
    const prompt = { text: checked.data, line, ...(number === undefined ? {} : { wording: number }) };
    if (draft === undefined) return prompt;
    draft.record.prompts.push(prompt);
    return undefined;
  }
  const known = promptKinds.find((each) => each === kind);
  if (known === undefined)
    problem(`expected a kind among ${promptKinds.join(', ')}, got ${JSON.stringify(kind ?? '')}`);
  else draft![part].push(scopePromptOf(checked.data, known, about, wording));
  return undefined;
}

function scopePromptOf(
  text: string,
  kind: PromptKind,
  subject: string | undefined,
  wording: string | undefined,
): ScopePrompt {
  return {
    text,
    kind,
    ...(subject === undefined ? {} : { subject }),
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
