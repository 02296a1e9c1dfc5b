import { SakeError } from '@sakejs/spec';
import { factSources, type FactRow, type FactSource } from './fact.js';
import { compareLabels, hasUnprintable, normalizeLabel } from './label.js';

const header = 'subject\tobject\tsources\tleaks';
const sourceOrder: ReadonlyMap<string, number> = new Map(factSources.map((source, index) => [source, index]));

/** A table file's text: a header, then one tab-separated row a subject, by code unit, each line ended by LF. */
export function formatTable(rows: readonly FactRow[]): string {
  const sorted = [...rows].sort((a, b) => compareLabels(a.subject, b.subject));
  const lines = sorted.map(({ subject, object, sources, leaks }) =>
    [
      subject,
      object,
      factSources.filter((source) => sources.includes(source)).join(','),
      leaks ? '1' : '0',
    ].join('\t'),
  );
  return [header, ...lines, ''].join('\n');
}

/**
 * The rows of a table file.
 *
 * @param file named in errors, with the line's number.
 * @throws {SakeError} `invalid-file` at the first row that {@link formatTable} would not write.
 */
export function parseTable(text: string, file: string): FactRow[] {
  const lines = text.split('\n');
  const fail = (line: number, expected: string, got: unknown): never => {
    throw new SakeError(
      'invalid-file',
      `parseTable: expected ${expected}, got ${JSON.stringify(got)} at ${file}:${line}; rebuild the table`,
      { details: { file, line } },
    );
  };
  if (lines[0] !== header) fail(1, `the header ${JSON.stringify(header)}`, lines[0]);
  if (lines.at(-1) !== '') fail(lines.length, 'a line feed at the end of the file', lines.at(-1));
  const rows: FactRow[] = [];
  for (let index = 1; index < lines.length - 1; index++) {
    const cells = lines[index]!.split('\t');
    const at = index + 1;
    if (cells.length !== 4) fail(at, '4 tab-separated columns', lines[index]);
    const [subject, object, sourceCell, leakCell] = cells as [string, string, string, string];
    for (const label of [subject, object])
      if (label === '' || hasUnprintable(label) || normalizeLabel(label) !== label)
        fail(at, 'a trimmed, printable label in NFC', label);
    const previous = rows.at(-1);
    if (previous !== undefined && compareLabels(previous.subject, subject) >= 0)
      fail(at, 'subjects in ascending order, each once', subject);
    if (leakCell !== '0' && leakCell !== '1') fail(at, 'a leaks column of 0 or 1', leakCell);
    rows.push({ subject, object, sources: parseSources(sourceCell, at, fail), leaks: leakCell === '1' });
  }
  return rows;
}

function parseSources(
  cell: string,
  line: number,
  fail: (line: number, expected: string, got: unknown) => never,
): readonly FactSource[] {
  let last = -1;
  const codes = cell.split(',');
  for (const code of codes) {
    const order = sourceOrder.get(code) ?? -1;
    if (order <= last) fail(line, `sources of ${factSources.join(', ')}, in that order`, cell);
    last = order;
  }
  return codes as FactSource[];
}
