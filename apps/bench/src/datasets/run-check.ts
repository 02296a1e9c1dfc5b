import { checkDataset, type DatasetReport } from '@sakejs/evaluation';
import { formatTable, type Streams } from '@sakejs/terminal';

const names: Readonly<Record<DatasetReport['format'], string>> = {
  original: 'CounterFact, original schema',
  easyedit: "CounterFact, EasyEdit's flat form",
  'ripple-edits': 'RippleEdits',
};

/** `sake-bench datasets check`: reads a file from end to end and says what it holds. */
export async function runCheck(
  file: string,
  { json = false }: { readonly json?: boolean },
  streams: Streams,
  signal: AbortSignal,
): Promise<void> {
  const report = await checkDataset(file, { signal });
  streams.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : `${reportText(report)}\n`);
}

function reportText(report: DatasetReport): string {
  const { file, format, kind, layout, total, usable, withTrueObject, sha256, bytes, counts, notes } = report;
  return [
    `${file}: ${names[format]}${kind === undefined ? '' : `, ${kind}`}, ${layout === 'array' ? 'a JSON array' : 'one record a line'}`,
    `sha256 ${sha256}, ${bytes} bytes`,
    `${total} records, ${usable} usable, ${withTrueObject} of them with a true object to be replaced`,
    '',
    formatTable(
      ['what', 'records', 'in all'],
      Object.entries(counts).map(([what, { records, items }]) => [what, String(records), String(items)]),
    ),
    '',
    ...(notes.length === 0
      ? ['nothing dropped, nothing changed, no warnings']
      : notes.map(
          ({ kind: noted, what, count, firstRecord }) =>
            `${noted === 'odd' ? 'warning' : noted}: ${count} ${what} (first in record ${firstRecord})`,
        )),
  ].join('\n');
}
