import {
  publishedFor,
  readSuiteResults,
  renderLatex,
  renderMarkdown,
  tableOfResult,
  type ReportTable,
} from '@sakejs/evaluation';
import type { Streams } from '@sakejs/terminal';
import { z } from 'zod';
import { parseOptions } from '../parse-options.js';
import { renderText } from './text-table.js';

const formats = { markdown: renderMarkdown, latex: renderLatex, text: renderText } as const satisfies Record<
  string,
  (table: ReportTable) => string
>;

/** Formats that tables are written in. */
export const tableFormats: readonly string[] = Object.keys(formats);

const optionsSchema = z.strictObject({
  format: z.enum(Object.keys(formats) as (keyof typeof formats)[], `expected ${tableFormats.join(', ')}`),
  metrics: z
    .string()
    .transform((names) => names.split(',').map((name) => name.trim()))
    .optional(),
  published: z.boolean(),
});

/** `sake-bench table`: prints each result of a file as a table, beside published numbers where there are any. */
export async function runTable(file: string, raw: unknown, streams: Streams): Promise<void> {
  const { format, metrics, published } = parseOptions(optionsSchema, raw, 'table');
  const tables = readSuiteResults(file).map((result) =>
    tableOfResult(result, {
      ...(metrics && { metrics }),
      ...(published && { published: publishedFor(result.suite) }),
    }),
  );
  streams.stdout.write(tables.map(formats[format]).join('\n'));
}
