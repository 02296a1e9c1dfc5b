import {
  readExpertFile,
  summariseDistributions,
  type DistributionStatistics,
  type ExpertFile,
} from '@sakejs/prompts';
import { fillPrompt, SakeError } from '@sakejs/spec';
import { z } from 'zod';
import { note, print, type CommandContext } from './command-context.js';
import { parseOptions } from './options.js';

const schema = z.strictObject({ json: z.boolean().default(false) });

type Counted = Parameters<typeof summariseDistributions>[0][number];

/** `sake prompts stats`: counts what a file of prompts or distributions holds. */
export async function summarisePrompts(path: string, raw: unknown, context: CommandContext): Promise<void> {
  const { json } = parseOptions(schema, raw, 'prompts stats');
  const file = readExpertFile(path);
  if (file.problems.length > 0)
    note(
      context,
      `warning: ${file.problems.length} lines of ${file.name} cannot be read; sake prompts review names them`,
    );
  const counted = countedParts(file);
  if (counted.length === 0)
    throw new SakeError(
      'invalid-file',
      `sake prompts stats: expected prompts that can be read in ${file.name}, got none; sake prompts review says why`,
      { details: { file: path } },
    );
  const statistics = summariseDistributions(counted);
  print(
    context,
    json,
    { file: path, problems: file.problems.length, ...statistics },
    statisticsText(file.name, statistics),
  );
}

/** Every record, and the prompts that are for any subject, as one more. */
function countedParts({ shared, records }: ExpertFile): Counted[] {
  const parts = records.map((record): Counted => {
    const numbers = record.prompts.flatMap(({ wording }) => (wording === undefined ? [] : [wording]));
    return {
      request: { subject: record.subject },
      prompts: record.prompts.map(({ text }) => fillPrompt(text, record.subject)),
      ...(numbers.length === 0 ? {} : { wordings: numbers }),
      positives: record.positives ?? [],
      negatives: record.negatives ?? [],
      dropped: record.dropped ?? {},
    };
  });
  if (shared.length === 0) return parts;
  const prompts = shared.map(({ text }) => text);
  return [...parts, { request: { subject: '{}' }, prompts, positives: [], negatives: [], dropped: {} }];
}

function statisticsText(name: string, of: DistributionStatistics): string {
  const span = (
    { least, median, most }: { least: number; median: number; most: number },
    digits = 0,
  ): string =>
    least === most
      ? least.toFixed(digits)
      : `${least.toFixed(digits)} to ${most.toFixed(digits)}, median ${median.toFixed(digits)}`;
  const counts = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .map(([what, times]) => `${what} ${times}`)
      .join(', ') || 'none';
  return [
    name,
    `  edits       ${of.edits}`,
    `  prompts     ${of.prompts.total}; an edit: ${span(of.prompts)}`,
    ...(of.wordings === undefined ? [] : [`  phrasings   an edit: ${span(of.wordings)}`]),
    `  words       a prompt: ${span(of.words)}`,
    `  questions   ${(100 * of.questions).toFixed(1)} % of prompts`,
    `  similarity  to the nearest other prompt, mean of an edit: ${span(of.nearest, 2)}`,
    `  positives   ${counts(of.positives)}`,
    `  negatives   ${counts(of.negatives)}`,
    `  dropped     ${counts(of.dropped)}`,
  ].join('\n');
}
