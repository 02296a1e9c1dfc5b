import { csvColumns, csvParts, type CsvCells, type CsvColumn, type CsvPart } from './csv-columns.js';
import { addCsvRow, closeCsvRecord, csvPrompt, openCsvRecord, type CsvRecord } from './csv-record.js';
import { csvRows } from './csv-rows.js';
import { promptText } from './expert-schema.js';
import type { ExpertSink } from './read-json-prompts.js';

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
  const records: CsvRecord[] = [];
  const open = new Map<string, CsvRecord>();
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
    if (cells.subject !== undefined) {
      addCsvRow(recordOf(cells, part, row.line, open, records), cells, part, row.line, problem);
      continue;
    }
    const checked = promptText.safeParse(cells.text ?? '');
    if (checked.success) sink.shared(csvPrompt(cells, checked.data, row.line, problem));
    else problem(checked.error.issues[0]!.message);
  }
  for (const each of records) {
    const { line } = each.record;
    const record = closeCsvRecord(each, (message) => sink.problem({ line, message, remedy }));
    if (record !== undefined) sink.record(record);
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

function asCells(columns: readonly CsvColumn[], values: readonly string[]): CsvCells {
  const cells: CsvCells = {};
  for (const [at, value] of values.entries()) if (value !== '') cells[columns[at]!] = value;
  return cells;
}

function partOf({ part, kind }: CsvCells): CsvPart | undefined {
  if (part !== undefined) return csvParts.find((known) => known === part);
  if (kind === undefined || kind === 'paraphrase') return 'prompts';
  return positiveKinds.includes(kind) ? 'positives' : 'negatives';
}

/** The record of a row; a setting of the source behind texts begins another one of the same request. */
function recordOf(
  cells: CsvCells,
  part: CsvPart,
  line: number,
  open: Map<string, CsvRecord>,
  records: CsvRecord[],
): CsvRecord {
  const { subject, prompt, targetTrue, targetNew, relation } = cells;
  const key = JSON.stringify([subject, prompt, targetTrue, targetNew, relation]);
  const known = open.get(key);
  if (known !== undefined && !(part === 'source' && known.record.prompts.length > 0)) return known;
  const record = openCsvRecord(cells, line);
  open.set(key, record);
  records.push(record);
  return record;
}
