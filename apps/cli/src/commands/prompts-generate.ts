import { generateMany } from '@sakejs/prompts';
import { SakeError, type EditRequest, type PromptDistribution } from '@sakejs/spec';
import { createProgress } from '@sakejs/terminal';
import { z } from 'zod';
import { note, print, type CommandContext } from './command-context.js';
import { modelOptions, parseOptions, wholeNumber } from './options.js';
import { createPromptsOutput, type PromptsOutput } from './prompts-output.js';
import { askedRequests, readWithheld } from './prompts-requests.js';
import { openSource, sourceNames } from './prompts-sources.js';

const schema = z.strictObject({
  ...modelOptions,
  source: z.enum(sourceNames, `expected one of ${sourceNames.join(', ')}`),
  subject: z.string().optional(),
  prompt: z.string().optional(),
  true: z.string().optional(),
  new: z.string().optional(),
  requests: z.string().min(1, 'expected a file').optional(),
  prompts: z.string().min(1, 'expected a file').optional(),
  count: wholeNumber(1).optional(),
  seed: wholeNumber(0),
  withhold: z.string().min(1, 'expected a file').optional(),
  out: z.string().min(1, 'expected a file').optional(),
  resume: z.boolean().default(false),
  partial: z.boolean().default(false),
  concurrency: wholeNumber(1),
  agentModel: z.string().min(1, 'expected a name').optional(),
  baseUrl: z.url('expected a URL').optional(),
  cache: z.string().min(1, 'expected a folder').optional(),
  checkModel: z.string().min(1, 'expected embedded, a folder or a hub id').optional(),
  json: z.boolean().default(false),
});

/** Prompts in a distribution unless `--count` says otherwise. */
const DEFAULT_COUNT = 50;

/** A request that has no distribution, and why. */
interface Failed {
  readonly subject: string;
  readonly message: string;
}

/** `sake prompts generate`: makes the distribution of one fact, or a file of many. */
export async function generatePrompts(raw: unknown, context: CommandContext): Promise<void> {
  const { streams, signal } = context;
  const options = parseOptions(schema, raw, 'prompts generate');
  const { out, resume, json, count = DEFAULT_COUNT, seed, concurrency } = options;
  if (resume && out === undefined)
    throw new SakeError('invalid-option', 'sake prompts generate: expected --out with --resume, got none');
  const { requests, withhold } = askedRequests(options);
  if (requests.length > 1 && out === undefined)
    throw new SakeError(
      'invalid-option',
      `sake prompts generate: expected --out for ${requests.length} requests, got none; name a .json, .jsonl or .csv file`,
    );
  const withheld = readWithheld(options.withhold);
  await using opened = await openSource(options, context);
  const output = out === undefined ? undefined : createPromptsOutput(out, resume);
  const left = requests.filter((request) => output?.has(request) !== true);
  const progress = createProgress('prompts', { stream: streams.stderr });
  const failures: Failed[] = [];
  const made: PromptDistribution[] = [];
  const shortfalls: string[] = [];
  const counts = { prompts: 0, dropped: {} as Record<string, number> };
  let done = requests.length - left.length;
  progress.update(done, requests.length);
  try {
    const results = generateMany(opened.source, left, {
      count,
      seed,
      concurrency,
      withhold: (request: EditRequest) => [...withheld, ...withhold(request)],
      maxFailuresInARow: Math.max(5, requests.length),
      signal,
    });
    for await (const { request, distribution, error } of results) {
      progress.update(++done, requests.length, request.subject);
      if (error !== undefined) {
        if (requests.length === 1) throw error;
        failures.push({ subject: request.subject, message: error.message });
        continue;
      }
      tally(distribution, counts);
      const wanted = options.count ?? (options.source === 'expert' ? 0 : DEFAULT_COUNT);
      if (distribution.prompts.length < wanted)
        shortfalls.push(`${distribution.prompts.length} of ${wanted} prompts for ${request.subject}`);
      if (output === undefined) made.push(distribution);
      else output.add(distribution);
    }
  } finally {
    progress.end();
  }
  finish(output, requests.length, failures, out);
  for (const shortfall of shortfalls) note(context, `warning: ${shortfall}`);
  const [only] = made;
  if (only !== undefined) {
    if (json) streams.stdout.write(`${JSON.stringify(only, null, 2)}\n`);
    else streams.stdout.write(`${only.prompts.join('\n')}\n`);
    if (!json) note(context, `note: ${countsText(counts)}`);
    return;
  }
  const summary = {
    source: opened.source.kind,
    out,
    requests: requests.length,
    made: left.length - failures.length,
    keptFromBefore: requests.length - left.length,
    ...counts,
    failures,
  };
  for (const { subject, message } of failures)
    note(context, `warning: no prompts for ${subject}: ${message}`);
  if (failures.length > 0) throw partly(summary, requests.length);
  print(
    context,
    json,
    summary,
    `${summary.made} distributions (${opened.source.kind}) are in ${out}; ${countsText(counts)}`,
  );
}

/** The file takes its name unless nothing is in it. */
function finish(
  output: PromptsOutput | undefined,
  requests: number,
  failures: readonly Failed[],
  out: string | undefined,
): void {
  if (failures.length < requests) {
    output?.finish();
    return;
  }
  throw new SakeError(
    'not-enough-data',
    `sake prompts generate: expected prompts for at least one request, got none for any of ${requests}; ${out} is not written. The first: ${failures[0]?.message ?? 'none'}`,
    { details: { failures } },
  );
}

function partly(
  summary: { readonly out: string | undefined; readonly failures: readonly Failed[] },
  requests: number,
): SakeError {
  return new SakeError(
    'not-enough-data',
    `sake prompts generate: expected prompts for ${requests} requests, got none for ${summary.failures.length}; the others are in ${summary.out}`,
    { details: summary },
  );
}

function tally(
  { prompts, dropped }: PromptDistribution,
  counts: { prompts: number; readonly dropped: Record<string, number> },
): void {
  counts.prompts += prompts.length;
  for (const [reason, times] of Object.entries(dropped))
    counts.dropped[reason] = (counts.dropped[reason] ?? 0) + times;
}

function countsText({
  prompts,
  dropped,
}: {
  readonly prompts: number;
  readonly dropped: Readonly<Record<string, number>>;
}): string {
  const reasons = Object.entries(dropped).map(([reason, times]) => `${reason} ${times}`);
  return `${prompts} prompts, dropped ${reasons.length === 0 ? 'none' : reasons.join(', ')}`;
}
