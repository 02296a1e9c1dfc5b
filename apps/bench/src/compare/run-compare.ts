import { compareResults, readSuiteResults } from '@sakejs/evaluation';
import { checkWritable, writeFileAtomic, type Streams } from '@sakejs/terminal';
import { z } from 'zod';
import { parseOptions, wholeNumber } from '../parse-options.js';
import { comparisonText } from './comparison-text.js';

const name = z.string().min(1, "expected a row's name").optional();

const optionsSchema = z.strictObject({
  methodA: name,
  methodB: name,
  unpaired: z.boolean().optional(),
  midP: z.boolean().optional(),
  seed: wholeNumber(0),
  json: z.string().min(1, 'expected a file, or -').optional(),
});

/** `sake-bench compare`: what the second file of results changes against the first. */
export async function runCompare(
  [a, b]: readonly [a: string, b: string],
  raw: unknown,
  streams: Streams,
): Promise<void> {
  const {
    json,
    methodA,
    methodB,
    unpaired = false,
    midP = false,
    seed,
  } = parseOptions(optionsSchema, raw, 'compare');
  if (json !== undefined && json !== '-') checkWritable(json);
  const comparison = compareResults(readSuiteResults(a), readSuiteResults(b), {
    ...(methodA !== undefined && { methodA }),
    ...(methodB !== undefined && { methodB }),
    allowUnpaired: unpaired,
    midP,
    seed,
  });
  const text = `${JSON.stringify(comparison, null, 2)}\n`;
  streams.stdout.write(json === '-' ? text : `a: ${a}\nb: ${b}\n\n${comparisonText(comparison)}\n`);
  if (json !== undefined && json !== '-') writeFileAtomic(json, text);
}
