import { checkWritable, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { z } from 'zod';
import { loadSuites } from '../bench-suites.js';
import { isModule, knownMethods } from '../method-entries.js';
import { checkSettings, methodSettingsFlag } from '../method-settings.js';
import { graphOf, modelFlags } from '../model-flags.js';
import { openModel } from '../open-model.js';
import { namesAmong, parseOptions, wholeNumber } from '../parse-options.js';
import { runFlags } from '../run-flags.js';
import { checkErrors } from '../run-suite.js';
import { runJob } from '../run/run-job.js';
import { openRunStores } from '../run/run-stores.js';
import type { SuiteJob } from '../run/suite-job.js';
import { momentsFlags, momentsOf } from '../stats/own-moments.js';
import { withFurtherEdits } from './further-edits.js';
import { renderText } from '../tables/text-table.js';
import type { ScalingResult } from './scaling-result.js';
import { tableOfScaling } from './scaling-table.js';

const optionsSchema = z.strictObject({
  ...runFlags,
  ...modelFlags,
  ...momentsFlags,
  methods: namesAmong(knownMethods, isModule),
  set: methodSettingsFlag,
  live: z
    .string()
    .transform((numbers) =>
      numbers.split(',').map((each) => (each.trim() === '' ? Number.NaN : Number(each))),
    )
    .pipe(
      z
        .array(wholeNumber(1))
        .min(1)
        .refine((numbers) => new Set(numbers).size === numbers.length, 'expected each number once'),
    ),
  limit: wholeNumber(1),
  json: z.string().min(1, 'expected a file, or -').optional(),
});

type ScalingOptions = z.output<typeof optionsSchema>;

/**
 * `sake-bench scaling`: CounterFact's metrics with more and more edits live.
 *
 * The same cases are asked at every number of live edits: of N, in groups of N in the order of the file, each group with its
 * own edits live. Where N is more than the cases asked, the group is filled with edits that nothing is asked of.
 */
export async function runScaling(raw: unknown, streams: Streams, signal: AbortSignal): Promise<void> {
  const options = parseOptions(optionsSchema, raw, 'scaling');
  const { json } = options;
  if (json !== undefined && json !== '-') checkWritable(json);
  const result = await scale(options, streams, signal);
  const text = `${JSON.stringify(result, null, 2)}\n`;
  streams.stdout.write(json === '-' ? text : renderText(tableOfScaling(result)));
  if (json !== undefined && json !== '-') writeFileAtomic(json, text);
  checkErrors(result.results);
}

async function scale(options: ScalingOptions, streams: Streams, signal: AbortSignal): Promise<ScalingResult> {
  const { model, threads, workers, journal, repair = false, methods, set: settings, seed, count } = options;
  checkSettings(settings, methods, 'scaling');
  const { records, popularRecords, split, limit, covered } = options;
  const live = [...options.live].sort((a, b) => a - b);
  const chosen = { records, popularRecords, split, limit, covered, seed };
  const suite = loadSuites(['counterfact'], chosen)[0]!;
  const asked = suite.cases.length;
  // Every group is whole, the last one of each size too.
  const cases = Math.max(...live.map((size) => Math.ceil(asked / size) * size));
  const filled = withFurtherEdits(suite, cases, chosen);
  if (filled.generated > 0)
    streams.stderr.write(
      `${filled.generated} of ${cases} edits are of requests generated from fact tables (seed ${seed})\n`,
    );
  await using stores = await openRunStores(journal, { repair });
  if (stores.note !== undefined) streams.stderr.write(`${stores.note}\n`);
  const graph = graphOf(options);
  await using lm = await openModel(model, { threads, graph, streams, signal });
  const job: SuiteJob = {
    ...{ suite: 'counterfact', prompts: 'template', count, seed, cases },
    records: chosen,
    methods: { kind: 'named', names: methods, settings },
    moments: momentsOf(options),
    protocols: live.map((liveAtOnce) => ({ base: 'strict', changes: { liveAtOnce } })),
  };
  const results = await runJob(job, { lm, model, graph, stores, workers, streams, signal });
  return {
    kind: 'scaling',
    ...{ asked, records: filled.records, generated: filled.generated, live, results },
  };
}
