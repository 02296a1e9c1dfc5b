import { checkReportPart, renderReport, type ReportInput, type ReportPart } from '@sakejs/report';
import { checkWritable, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { parseOptions } from '../parse-options.js';
import { readAblations } from './read-ablations.js';
import { readJson } from './read-json.js';
import { tradeoffPart } from './tradeoff-part.js';

const files = z.array(z.string().min(1, 'expected a file')).default([]);

const optionsSchema = z.strictObject({
  results: files,
  ablation: files,
  activations: files,
  published: files,
  out: z.string('expected a file').min(1, 'expected a file'),
  title: z.string().min(1, 'expected a title').default('SAKE benchmark'),
});

/** `sake-bench report`: one HTML file of results, ablations and activations that lie in JSON files. */
export async function runReport(raw: unknown, streams: Streams): Promise<void> {
  const options = parseOptions(optionsSchema, raw, 'report');
  checkWritable(options.out);
  const results = readParts('results', options.results);
  const published = readParts('published', options.published);
  const { ablations, swept } = readAblations(options.ablation);
  const html = renderReport({
    title: options.title,
    results,
    published,
    ablations,
    activations: readParts('activations', options.activations),
    tradeoff: tradeoffPart([...results, ...swept]),
    environment: environmentOf(results, options.results),
  });
  writeFileAtomic(options.out, html);
  streams.stdout.write(`${options.out}: ${results.length} tables, ${(html.length / 1e6).toFixed(1)} MB\n`);
}

function readParts<Part extends ReportPart>(
  part: Part,
  paths: readonly string[],
): NonNullable<ReportInput[Part]> {
  const lists = paths.map((path) => checkReportPart(part, readJson(path), path));
  return lists.flat() as unknown as NonNullable<ReportInput[Part]>;
}

function environmentOf(
  results: ReportInput['results'],
  paths: readonly string[],
): ReportInput['environment'] {
  const models = new Map(results.map(({ model, modelInfo }) => [model, modelInfo]));
  return {
    'sake-bench': manifest.version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    files: paths.join(', '),
    ...Object.fromEntries([...models].map(([model, info]) => [`model ${model}`, JSON.stringify(info)])),
  };
}
