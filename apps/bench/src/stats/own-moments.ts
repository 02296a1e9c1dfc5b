import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { SakeError } from '@sakejs/spec';
import { keyMomentsDirectory, momentsMethodNames, type MethodOverrides } from 'sakejs';
import { z } from 'zod';
import { wholeNumber } from '../parse-options.js';
import { corpusFile } from './corpus-file.js';

/** What moments of MLP keys are taken from, in a form that another process can read. */
export interface MomentsChoice {
  /** A file of texts, as `corpusFile` reads it. Default: the project's own text. */
  readonly corpus?: string | undefined;
  readonly tokens?: number | undefined;
}

/** Flags of commands whose methods may want moments. */
export const momentsFlags = {
  corpus: z.string().min(1, 'expected a file').optional(),
  corpusTokens: wholeNumber(1).optional(),
};

/** The choice among parsed flags; undefined where none is given. */
export function momentsOf({
  corpus,
  corpusTokens: tokens,
}: {
  readonly corpus?: string | undefined;
  readonly corpusTokens?: number | undefined;
}): MomentsChoice | undefined {
  if (corpus === undefined && tokens === undefined) return undefined;
  return { ...(corpus !== undefined && { corpus }), ...(tokens !== undefined && { tokens }) };
}

/** Moments as methods take them, and what tells their edits from those of other moments. */
export interface OwnMoments {
  readonly overrides: Pick<MethodOverrides, 'momentsDirectory' | 'momentsCorpus'>;
  /** For tables: `corpus wiki.jsonl, 100000 tokens`. */
  readonly label: string;
  readonly fingerprint: string;
}

/** Whether a built-in method's edits depend on moments. */
export const wantsMoments = (name: string): boolean => momentsMethodNames.includes(name);

/**
 * A choice as methods take it: moments lie where `sake-bench stats` keeps them, those of a corpus of one's own too.
 *
 * @throws {SakeError} `not-found` for a corpus that cannot be read.
 */
export async function ownMoments({ corpus, tokens }: MomentsChoice): Promise<OwnMoments> {
  const parts = [
    ...(corpus === undefined ? [] : [`corpus ${basename(corpus)}`]),
    ...(tokens === undefined ? [] : [`${tokens} tokens`]),
  ];
  return {
    overrides: {
      momentsDirectory: keyMomentsDirectory(),
      momentsCorpus: {
        ...(corpus !== undefined && { texts: () => corpusFile(corpus) }),
        ...(tokens !== undefined && { maxTokens: tokens }),
      },
    },
    label: parts.join(', '),
    fingerprint: `moments ${corpus === undefined ? 'own' : await hashOf(corpus)} ${tokens ?? 'default'}`,
  };
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (cause) {
    throw new SakeError(
      'not-found',
      `expected a corpus at ${file}, got none that can be read (${(cause as Error).message})`,
      { details: { file }, cause },
    );
  }
  return hash.digest('hex');
}
