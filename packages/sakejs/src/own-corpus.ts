import { readFileSync } from 'node:fs';
import { embeddedRecordsFile } from '@sakejs/embedded-model';
import { createTemplateSource, neutralSentences } from '@sakejs/prompts';
import { SakeError, type EditRequest } from '@sakejs/spec';
import { z } from 'zod';

/** Prompts taken of each record, and as many about other subjects. */
const EACH = 4;

const recordsSchema = z.array(
  z.looseObject({
    requested_rewrite: z.looseObject({
      subject: z.string(),
      prompt: z.string(),
      relation_id: z.string(),
      target_true: z.looseObject({ str: z.string() }),
      target_new: z.looseObject({ str: z.string() }),
    }),
  }),
);

/**
 * Text of the project's own to take statistics of a model's states from: what the template source asks about the
 * embedded dev records, and neutral sentences. The same texts in the same order on each call; none is of the test split.
 *
 * @throws {SakeError} `invalid-file` where the records are not what they were shipped as.
 */
export async function* ownCorpus(): AsyncGenerator<string> {
  made ??= makeTexts();
  made.catch(() => (made = undefined));
  yield* await made;
}

/** Made once a process: a corpus is read once for its hash and once for what is taken from it, block by block. */
let made: Promise<readonly string[]> | undefined;

async function makeTexts(): Promise<string[]> {
  const source = createTemplateSource({ doubts: 0, negativesPerKind: EACH, implications: 0 });
  const texts: string[] = [];
  for (const [index, request] of devRequests().entries()) {
    const { prompts, negatives } = await source.generate(request, { count: EACH, seed: 0 });
    const others = negatives.filter(({ kind }) => kind === 'other-subject').map(({ text }) => text);
    texts.push(...prompts, ...others, neutralSentences[index % neutralSentences.length]!);
  }
  return texts;
}

function devRequests(): EditRequest[] {
  const file = embeddedRecordsFile('dev');
  const parsed = recordsSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success)
    throw new SakeError(
      'invalid-file',
      `ownCorpus: expected the embedded dev records in ${file}, got others`,
    );
  return parsed.data.map(({ requested_rewrite: rewrite }) => ({
    subject: rewrite.subject,
    prompt: rewrite.prompt,
    targetTrue: rewrite.target_true.str,
    targetNew: rewrite.target_new.str,
    relation: rewrite.relation_id,
  }));
}
