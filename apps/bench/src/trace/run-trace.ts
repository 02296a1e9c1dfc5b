import { stateKinds, traceFacts, type TraceResult } from '@sakejs/evaluation';
import { renderTrace } from '@sakejs/report';
import { checkWritable, createProgress, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { z } from 'zod';
import manifest from '../../package.json' with { type: 'json' };
import { loadRecords } from '../load-records.js';
import { graphOf, modelFlags } from '../model-flags.js';
import { openModel } from '../open-model.js';
import { namesAmong, parseOptions, wholeNumber } from '../parse-options.js';
import { traceTable } from './trace-table.js';

const optionsSchema = z.strictObject({
  ...modelFlags,
  records: z.string().optional(),
  split: z.enum(['dev', 'test'], 'expected dev or test'),
  covered: z.boolean().optional(),
  limit: wholeNumber(1).optional(),
  samples: wholeNumber(1),
  noise: z.number('expected a number of at least 0').min(0, 'expected a number of at least 0'),
  window: wholeNumber(1).optional(),
  kinds: namesAmong(stateKinds),
  seed: wholeNumber(0),
  threads: wholeNumber(1),
  facts: wholeNumber(0),
  json: z.string().min(1, 'expected a file, or -').optional(),
  html: z.string().min(1, 'expected a file').optional(),
});

/** `sake-bench trace`: causal tracing over facts that the model knows, as a table, JSON and heat maps. */
export async function runTrace(raw: unknown, streams: Streams, signal: AbortSignal): Promise<void> {
  const options = parseOptions(optionsSchema, raw, 'trace');
  const { model, threads, json, html, facts } = options;
  for (const file of [json, html]) if (file !== undefined && file !== '-') checkWritable(file);
  const dataset = loadRecords(options);
  await using lm = await openModel(model, { threads, graph: graphOf(options), streams, signal });
  const progress = createProgress('trace', { stream: streams.stderr });
  const started = performance.now();
  const result = await traceFacts({
    ...{ lm, dataset, signal },
    ...{ samples: options.samples, noise: options.noise, kinds: options.kinds, seed: options.seed },
    ...(options.window !== undefined && { window: options.window }),
    onProgress: (done, total) => progress.update(done, total, 'facts'),
  }).finally(() => progress.end());
  const seconds = (performance.now() - started) / 1000;
  const text = `${JSON.stringify({ ...result, release: manifest.version, seconds }, null, 2)}\n`;
  streams.stdout.write(json === '-' ? text : `${traceTable(result)}\n`);
  if (json !== undefined && json !== '-') writeFileAtomic(json, text);
  if (html !== undefined)
    writeFileAtomic(html, renderTrace(result, { facts, environment: environmentOf(result, seconds) }));
}

function environmentOf({ model }: TraceResult, seconds: number): Record<string, string> {
  return {
    'sake-bench': manifest.version,
    platform: `${process.platform} ${process.arch}`,
    ...model.runtime,
    threads: String(model.threads),
    seconds: seconds.toFixed(0),
  };
}
