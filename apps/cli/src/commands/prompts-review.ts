import { readExpertFile, reviewExpertFile, type ExpertReview } from '@sakejs/prompts';
import { SakeError } from '@sakejs/spec';
import { z } from 'zod';
import { print, type CommandContext } from './command-context.js';
import { parseOptions } from './options.js';
import { readRequests } from './prompts-requests.js';

const schema = z.strictObject({
  requests: z.string().min(1, 'expected a file').optional(),
  strict: z.boolean().default(false),
  json: z.boolean().default(false),
});

/** `sake prompts review`: tells every problem of a file, and what the gates would drop, by line. */
export async function reviewPrompts(path: string, raw: unknown, context: CommandContext): Promise<void> {
  const options = parseOptions(schema, raw, 'prompts review');
  const requests = options.requests === undefined ? [] : readRequests(options.requests).requests;
  const review = reviewExpertFile(readExpertFile(path), { requests });
  const { problems, drops, name } = review;
  const failed = problems.length > 0 || (options.strict && drops.length > 0);
  // An error goes to standard output too with --json: the review stands in its details.
  if (!(failed && options.json)) print(context, options.json, review, reviewText(review));
  if (failed)
    throw new SakeError(
      'invalid-file',
      `sake prompts review: expected a sound file, got ${problems.length} problems and ${drops.length} prompts to drop in ${name}; correct those lines`,
      { details: { ...review } },
    );
}

function reviewText({ name, problems, drops, prompts, kept, withoutObjects }: ExpertReview): string {
  const byReason = new Map<string, number>();
  for (const { reason } of drops) byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  const reasons = [...byReason].map(([reason, times]) => `${reason} ${times}`);
  return [
    ...problems.map(({ line, message, remedy }) => `${name}:${line}: error: ${message}; ${remedy}`),
    ...drops.map(({ line, reason, kind, text }) => `${name}:${line}: ${reason} (${kind}): ${text}`),
    ...(withoutObjects.length > 0
      ? [
          `${withoutObjects.length} records name no objects, so that leaks of them cannot be seen; --requests tells them`,
        ]
      : []),
    `${name}: ${problems.length} problems; ${kept} of ${prompts} prompts pass the gates${reasons.length > 0 ? `; to drop: ${reasons.join(', ')}` : ''}`,
  ].join('\n');
}
