import type { ScopePrompt } from '@sakejs/spec';
import type { FiledDistribution } from '../agent/written-distribution.js';
import { csvColumns, csvHops, type CsvColumn, type CsvPart } from './csv-columns.js';
import type { DistributionFormat } from './expert-file.js';
import { partsOf } from './written-parts.js';

/** A file of distributions, written piece by piece: the pieces joined are the file. */
export interface DistributionWriter {
  /** What stands in front of every distribution. */
  readonly head: string;
  /** The next distribution. */
  next(distribution: FiledDistribution): string;
  /** What ends the file. */
  end(): string;
}

/**
 * Writes distributions so that people can review and correct them, and an expert source can read them.
 *
 * `json`: one text a line. `csv`: one text a row, for spreadsheets. `jsonl`: one distribution a line, for many.
 * `parseDistributions` gives back what was written. Holds no more than one distribution.
 */
export function createDistributionWriter(format: DistributionFormat): DistributionWriter {
  return writers[format]();
}

/** A whole file of distributions ({@link createDistributionWriter}). */
export function writeDistributions(
  distributions: readonly FiledDistribution[],
  format: DistributionFormat,
): string {
  const writer = createDistributionWriter(format);
  return writer.head + distributions.map((each) => writer.next(each)).join('') + writer.end();
}

const writers: Record<DistributionFormat, () => DistributionWriter> = {
  jsonl: () => ({
    head: '',
    next: (distribution) => `${JSON.stringify(asRecord(distribution))}\n`,
    end: () => '',
  }),
  json: () => {
    let first = true;
    return {
      head: '[',
      next(distribution) {
        const separator = first ? '\n' : ',\n';
        first = false;
        return separator + recordText(asRecord(distribution));
      },
      end: () => '\n]\n',
    };
  },
  csv: () => ({ head: csvLine(csvColumns), next: csvText, end: () => '' }),
};

/** A distribution as a record of an expert file. */
function asRecord(of: FiledDistribution): object {
  const { request, prompts, wordings, positives, negatives, implied, source, dropped } = of;
  const { subject, prompt, targetTrue, targetNew, relation } = request;
  return {
    subject,
    prompt,
    targetTrue,
    targetNew,
    ...(relation === undefined ? {} : { relation }),
    prompts: prompts.map((text, index) =>
      wordings === undefined ? text : { text, wording: wordings[index]! },
    ),
    positives,
    negatives,
    ...(implied === undefined ? {} : { implied }),
    ...partsOf(of),
    source,
    dropped,
  };
}

/** A record as JSON with one item of every list a line. */
function recordText(record: object): string {
  const fields = Object.entries(record).map(([name, value]) => {
    const text = Array.isArray(value) && value.length > 0 ? listText(value) : JSON.stringify(value);
    return `    ${JSON.stringify(name)}: ${text}`;
  });
  return `  {\n${fields.join(',\n')}\n  }`;
}

function listText(items: readonly unknown[]): string {
  return `[\n${items.map((item) => `      ${JSON.stringify(item)}`).join(',\n')}\n    ]`;
}

function csvText(of: FiledDistribution): string {
  const { request, prompts, wordings, positives, negatives, source, dropped } = of;
  const { aliases = [], implied = [], implications = [], reverseQuestions = [], report = {} } = of;
  const { subject, prompt, targetTrue, targetNew, relation } = request;
  const row = (part: CsvPart, cells: Partial<Record<CsvColumn, string | number | undefined>>): string => {
    const all = { subject, prompt, targetTrue, targetNew, relation, part, ...cells };
    return csvLine(csvColumns.map((column) => String(all[column] ?? '')));
  };
  const scopeRow =
    (part: CsvPart, more: Partial<Record<CsvColumn, string>> = {}) =>
    ({ text, kind, subject: about, wording }: ScopePrompt): string =>
      row(part, { text, kind, about, wording, ...more });
  return [
    ...Object.entries(source).map(([name, value]) =>
      row('source', { kind: name, text: JSON.stringify(value) }),
    ),
    ...Object.entries(dropped).map(([reason, times]) => row('dropped', { kind: reason, text: times })),
    ...prompts.map((text, index) => row('prompts', { kind: 'paraphrase', text, wording: wordings?.[index] })),
    ...positives.map(scopeRow('positives')),
    ...negatives.map(scopeRow('negatives')),
    ...implied.flatMap(({ name, form, prompts: asked, negatives: others }) => [
      ...asked.map(scopeRow('implied', { implication: name, form })),
      ...others.map(scopeRow('impliedNegatives', { implication: name, form })),
    ]),
    ...aliases.map((text) => row('aliases', { text })),
    ...implications.map(({ text, hops, answerTrue, answerNew }) =>
      row('implications', { kind: csvHops[hops - 1], text, answerTrue, answerNew }),
    ),
    ...reverseQuestions.map(({ pattern }) => row('reverseQuestions', { text: pattern })),
    ...Object.entries(report).map(([name, value]) =>
      row('report', { kind: name, text: JSON.stringify(value) }),
    ),
  ].join('');
}

/** A line of RFC 4180: cells with a comma, quote, line end or white space around them in quotes, quotes doubled. */
function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) =>
    /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
  );
  return `${quoted.join(',')}\r\n`;
}
