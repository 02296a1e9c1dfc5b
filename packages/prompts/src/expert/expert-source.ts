import { readFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import {
  createRandom,
  fillPrompt,
  isSakeError,
  SakeError,
  throwIfAborted,
  validateEditRequest,
  type EditRequest,
  type PromptDistribution,
  type PromptGenerator,
  type PromptOptions,
  type ScopePrompt,
} from '@sakejs/spec';
import { checkCount, requireEnough } from '../check-options.js';
import { createPromptCollector } from '../collect-prompts.js';
import { doubtPrompts } from '../doubt-prompts.js';
import { genericNegatives } from '../generic-negatives.js';
import { neutralSentences } from '../neutral-sentences.js';
import { cleanPrompts } from '../quality/clean-prompts.js';
import { createWithholding } from '../withholding.js';
import { decodeUtf8 } from './decode-utf8.js';
import { parseExpertPrompts, type ExpertFormat, type ExpertPrompts } from './parse-expert-prompts.js';

/** A file's path, or text that was read already. */
export type ExpertInput = string | { readonly text: string; readonly name?: string };

export interface ExpertSourceOptions {
  /** Default: by the file's ending; `txt` for text. */
  readonly format?: ExpertFormat;
  /** Makes the negatives, where it knows the relation; e.g. a template source. Without it they are generic. */
  readonly negatives?: PromptGenerator;
  /** Doubts among the positives. Default 60. */
  readonly doubts?: number;
  /** Generic negatives of each kind, at most. Default 40. */
  readonly negativesPerKind?: number;
}

/**
 * Prompt distributions written by hand, in file order after the request's own prompt.
 *
 * `{}` in a prompt stands for the subject; records with a `subject` (and `prompt`) serve that request
 * only. The file is read once, here. `generate` throws `not-found` when no prompt is for the request.
 *
 * @throws {SakeError} `not-found` for a missing file, `io` for one that cannot be read, `invalid-file` with file and
 * line for malformed content or bytes that are not UTF-8, `invalid-option` for an unknown file ending.
 */
export function createExpertSource(input: ExpertInput, options: ExpertSourceOptions = {}): PromptGenerator {
  const { doubts = 60, negativesPerKind = 40 } = options;
  checkCount('createExpertSource', 'doubts', doubts, 0);
  checkCount('createExpertSource', 'negativesPerKind', negativesPerKind, 0);
  const name = typeof input === 'string' ? basename(input) : (input.name ?? 'text');
  const format = options.format ?? (typeof input === 'string' ? formatOf(input) : 'txt');
  const expert = parseExpertPrompts(typeof input === 'string' ? readText(input) : input.text, format, name);
  return {
    kind: 'expert',
    async generate(rawRequest, generateOptions): Promise<PromptDistribution> {
      const { count, seed = 0, withhold = [], signal } = generateOptions;
      const request = validateEditRequest(rawRequest);
      checkCount('generate', 'count', count, 1);
      throwIfAborted(signal, 'generate');
      const withholding = createWithholding(request, withhold);
      const candidates = promptsFor(expert, request, name).map((prompt) =>
        fillPrompt(prompt, request.subject),
      );
      const { prompts, dropped } = cleanPrompts(request, candidates, { count, withholding });
      requireEnough(prompts.length, count, `the expert prompts of ${name}`, dropped);

      const random = createRandom(`${seed}/${request.subject}/${request.prompt}`);
      const collector = createPromptCollector(withholding, prompts);
      const patterns = prompts.slice(1).map((prompt) => prompt.replace(request.subject, () => '{}'));
      const positives = collector.take(doubtPrompts(request, patterns, random.fork('doubts')), doubts);
      const known = await negativesOf(options.negatives, request, generateOptions);
      throwIfAborted(signal, 'generate');
      const negatives =
        known === undefined
          ? genericNegatives({
              request,
              prompts,
              sentences: neutralSentences.filter((sentence) => !withholding.blocksSentence(sentence)),
              collector,
              random: random.fork('negatives'),
              perKind: negativesPerKind,
            })
          : collector.take(known, known.length);
      const from = known === undefined ? 'generic' : options.negatives!.kind;
      return {
        request,
        prompts,
        positives,
        negatives,
        source: { kind: 'expert', file: name, format, seed, doubts, negatives: from },
        dropped,
      };
    },
  };
}

/** The fallback's negatives; undefined without one, or when it does not know the relation. */
async function negativesOf(
  generator: PromptGenerator | undefined,
  request: EditRequest,
  options: PromptOptions,
): Promise<readonly ScopePrompt[] | undefined> {
  if (generator === undefined) return undefined;
  try {
    return (await generator.generate(request, { ...options, count: 1 })).negatives;
  } catch (error) {
    if (isSakeError(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}

function promptsFor(
  { shared, records }: ExpertPrompts,
  request: EditRequest,
  name: string,
): readonly string[] {
  const own = records.filter(
    (record) =>
      record.subject.trim() === request.subject &&
      (record.prompt === undefined || record.prompt.trim() === request.prompt),
  );
  const prompts = [...own.flatMap((record) => record.prompts), ...shared];
  if (prompts.length > 0) return prompts;
  const subjects = [...new Set(records.map((record) => JSON.stringify(record.subject)))];
  throw new SakeError(
    'not-found',
    `generate: expected prompts for ${JSON.stringify(request.subject)} (${JSON.stringify(request.prompt)}) in ${name}, ` +
      `got records of ${subjects.slice(0, 5).join(', ')}${subjects.length > 5 ? ' …' : ''}; add a record, or prompts without a subject`,
    { details: { request } },
  );
}

function formatOf(file: string): ExpertFormat {
  const ending = extname(file).toLowerCase().slice(1);
  if (ending === 'json' || ending === 'jsonl' || ending === 'txt') return ending;
  throw new SakeError(
    'invalid-option',
    `createExpertSource: expected a file ending in .json, .jsonl or .txt, got ${JSON.stringify(file)}; rename it or give \`format\``,
  );
}

function readText(file: string): string {
  return decodeUtf8(readBytes(file), basename(file));
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new SakeError(
      missing ? 'not-found' : 'io',
      `createExpertSource: expected a readable file, got ${(cause as Error).message}; check the path`,
      { cause, details: { file } },
    );
  }
}
