import { CsvError, parse, type InfoRecord } from 'csv-parse/sync';

/** A row with the line that it begins on, or what is wrong there. */
export type CsvRow =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly trouble: string };

interface ParsedRow {
  readonly record: string[];
  readonly raw: string;
  readonly info: InfoRecord;
}

/** Rows that cannot be read, after which the rest of a file is left unread: it is no CSV. */
const mostTroubles = 100;

/**
 * The rows of a CSV text as RFC 4180 has them, blank lines aside; line ends may be CRLF, LF or CR, and come as LF.
 *
 * A row with a stray or unclosed quote is told as trouble, and reading goes on at the line after its first.
 */
export function csvRows(text: string): CsvRow[] {
  const rows: CsvRow[] = [];
  // csv-parse counts a CRLF inside quotes as two lines.
  let rest = text.replace(/\r\n|\r/g, '\n');
  let passed = 0; // lines before `rest`
  for (let troubles = 0; troubles < mostTroubles; troubles++) {
    let read = 0; // lines of `rest` in rows that were read
    try {
      parse(rest, {
        info: true,
        raw: true,
        relax_column_count: true,
        skip_empty_lines: true,
        record_delimiter: '\n',
        // With `info` and `raw`, this is what rows come as; the declarations know the plain form only.
        on_record: (parsed: unknown) => {
          const { record, raw, info } = parsed as ParsedRow;
          const inside = countLines(raw.trim());
          rows.push({ line: passed + info.lines - inside, cells: record });
          read = info.lines;
          return null;
        },
      });
      return rows;
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const lines = rest.split('\n');
      let bad = read;
      while (bad + 1 < lines.length && lines[bad]!.trim() === '') bad++;
      rows.push({ line: passed + bad + 1, trouble: lines[bad]! });
      rest = lines.slice(bad + 1).join('\n');
      passed += bad + 1;
    }
  }
  return rows;
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}
