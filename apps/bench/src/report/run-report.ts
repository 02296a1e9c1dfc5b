import { checkReportPart, renderReport, type ReportInput, type ReportPart } from '@sakejs/report';
import { SakeError } from '@sakejs/spec';
import { checkWritable, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { parseOptions } from '../parse-options.js';
import { ablationPart } from './ablation-part.js';
import { scalingPart } from '../scaling/scaling-result.js';
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

const ablationResult = z.looseObject({
  name: z.string().min(1),
  title: z.string().min(1),
  axis: z.enum(['category', 'number']),
  results: z.array(z.unknown()),
});

const scalingResult = z.looseObject({
  kind: z.literal('scaling'),
  live: z.array(z.int().min(1)),
  results: z.array(z.unknown()),
});

/**
 * Ablations as reports have them, as `scaling` wrote them, or as `ablate` did, whose results may hold thresholds to sweep.
 */
function readAblations(paths: readonly string[]): {
  readonly ablations: NonNullable<ReportInput['ablations']>;
  readonly swept: ReportInput['results'];
} {
  const swept: ReportInput['results'][number][] = [];
  const ablations = paths.flatMap((path) => {
    const value = readJson(path);
    return [value].flat().flatMap((item) => {
      const scaling = scalingResult.safeParse(item);
      if (scaling.success) {
        const { live } = scaling.data;
        const results = checkReportPart('results', scaling.data.results, path);
        if (results.length === live.length) return [scalingPart({ live, results })];
        throw new SakeError(
          'invalid-file',
          `${path}: expected a result for each of ${live.length} numbers of live edits, got ${results.length}`,
          { details: { path } },
        );
      }
      const run = ablationResult.safeParse(item);
      if (!run.success) return [...checkReportPart('ablations', item, path)];
      const { name, title, axis } = run.data;
      const results = checkReportPart('results', run.data.results, path);
      swept.push(...results);
      return [ablationPart({ name, title, axis, results })];
    });
  });
  return { ablations, swept };
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
