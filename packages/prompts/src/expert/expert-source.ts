import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import {
  createRandom,
  fillPrompt,
  SakeError,
  throwIfAborted,
  validateEditRequest,
  type EditRequest,
  type ImpliedPrompts,
  type PromptGenerator,
  type PromptOptions,
  type ScopePrompt,
} from '@sakejs/spec';
import type { FiledDistribution } from '../agent/written-distribution.js';
import { checkCount, requireEnough } from '../check-options.js';
import { createPromptCollector } from '../collect-prompts.js';
import { doubtPrompts } from '../doubt-prompts.js';
import { sourceNegatives, type SourceNegatives } from '../negatives/source-negatives.js';
import { cleanPrompts } from '../quality/clean-prompts.js';
import { createWithholding, type Withholding } from '../withholding.js';
import { wordingsOf } from './distribution-records.js';
import { expertFormatOf, requireSound, type ExpertFile, type ExpertFormat } from './expert-file.js';
import { parseExpertFile } from './parse-expert-file.js';
import { readExpertFile } from './read-expert-file.js';
import { recordsFor } from './records-for.js';
import { writtenOfRecords } from './written-of-records.js';

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

/** A prompt generator that reads what people wrote, or reviewed. */
export interface ExpertSource extends PromptGenerator {
  readonly kind: 'expert';
  generate(request: EditRequest, options: PromptOptions): Promise<FiledDistribution>;
}

/** Raised when the same file gives other prompts, so that results made with the old ones are not gone on with. */
const VERSION = 2;

/**
 * Prompt distributions written by hand, in file order after the request's own prompt.
 *
 * `{}` in a prompt stands for the subject; records with a `subject` (and `prompt`, and objects) serve that request
 * only. A record's own positives and negatives are used instead of generated ones; those of a distribution that was
 * written for review come back as they were, its counts of drops, aliases, implications, reverse questions and report among
 * them. The file is read once, here. `generate`
 * throws `not-found` when no prompt is for the request.
 *
 * @throws {SakeError} `not-found` for a missing file, `io` for one that cannot be read, `invalid-file` with file and
 * line of everything that is malformed, or of bytes that are not UTF-8, `invalid-option` for an unknown file ending.
 */
export function createExpertSource(input: ExpertInput, options: ExpertSourceOptions = {}): ExpertSource {
  const { doubts = 60, negativesPerKind = 40 } = options;
  checkCount('createExpertSource', 'doubts', doubts, 0);
  checkCount('createExpertSource', 'negativesPerKind', negativesPerKind, 0);
  const format = options.format ?? (typeof input === 'string' ? expertFormatOf(input) : 'txt');
  const file = readInput(input, format);
  const { name } = file;
  requireSound(file);
  return {
    kind: 'expert',
    fingerprint: createHash('sha256')
      .update(JSON.stringify([VERSION, file.records, file.shared, doubts, negativesPerKind]))
      .digest('hex'),
    async generate(rawRequest, generateOptions): Promise<FiledDistribution> {
      const { count, seed = 0, withhold = [], signal } = generateOptions;
      const request = validateEditRequest(rawRequest);
      checkCount('generate', 'count', count, 1);
      throwIfAborted(signal, 'generate');
      const withholding = createWithholding(request, withhold);
      const own = recordsFor(file, request);
      const found = [...own.flatMap((record) => record.prompts), ...file.shared];
      if (found.length === 0) return noPrompts(file, request);
      const wordings = wordingsOf(found);
      const texts = found.map(({ text }) => fillPrompt(text, request.subject).trim());
      const first = texts.indexOf(fillPrompt(request.prompt, request.subject));
      // The request's own prompt stands in front already: a file that lists it repeats nothing.
      const candidates = texts.filter((_, index) => index !== first);
      const { prompts, dropped } = cleanPrompts(request, candidates, { count, withholding });
      requireEnough(prompts.length, count, `the expert prompts of ${name}`, dropped);

      const random = createRandom(`${seed}/${request.subject}/${request.prompt}`);
      const collector = createPromptCollector(withholding, prompts);
      const given = scopeTexts(own);
      const drops: Record<string, number> = {};
      const takeGiven = (texts: readonly ScopePrompt[], reason: string): ScopePrompt[] => {
        const taken = collector.take(texts, texts.length);
        if (taken.length < texts.length) drops[reason] = texts.length - taken.length;
        return taken;
      };
      const patterns = prompts.slice(1).map((prompt) => prompt.replace(request.subject, () => '{}'));
      const positives =
        given.positives === undefined
          ? collector.take(doubtPrompts(request, patterns, random.fork('doubts')), doubts)
          : takeGiven(given.positives, 'positive');
      throwIfAborted(signal, 'generate');
      const { negatives, from, implied }: SourceNegatives =
        given.negatives === undefined
          ? await sourceNegatives({
              request,
              prompts,
              generator: options.negatives,
              options: generateOptions,
              withholding,
              collector,
              random: random.fork('negatives'),
              perKind: negativesPerKind,
            })
          : {
              negatives: takeGiven(given.negatives, 'negative'),
              ...(given.implied !== undefined && { implied: withheldImplied(given.implied, withholding) }),
              from: 'file',
            };
      throwIfAborted(signal, 'generate');
      const written = writtenOfRecords(own, request, withholding);
      return {
        request,
        prompts,
        ...(wordings === undefined ? {} : { wordings: promptWordings(prompts, texts, wordings) }),
        positives,
        negatives,
        ...(implied !== undefined && implied.length > 0 && { implied }),
        ...written.parts,
        source: {
          kind: 'expert',
          file: name,
          format,
          seed,
          doubts,
          positives: given.positives === undefined ? 'doubts' : 'file',
          negatives: from,
          ...(given.from === undefined ? {} : { writtenFrom: given.from }),
        },
        dropped: added(given.dropped, dropped, drops, written.dropped),
      };
    },
  };
}

function readInput(input: ExpertInput, format: ExpertFormat): ExpertFile {
  if (typeof input === 'string') return readExpertFile(input, format);
  return parseExpertFile(input.text, format, basename(input.name ?? 'text'));
}

/** What the records of a request hold beside prompts. */
function scopeTexts(records: ReturnType<typeof recordsFor>): {
  readonly positives: readonly ScopePrompt[] | undefined;
  readonly negatives: readonly ScopePrompt[] | undefined;
  readonly implied: readonly ImpliedPrompts[] | undefined;
  readonly dropped: Readonly<Record<string, number>>;
  readonly from: string | undefined;
} {
  const all = (field: 'positives' | 'negatives'): readonly ScopePrompt[] | undefined => {
    const lists = records.flatMap((record) => (record[field] === undefined ? [] : [record[field]]));
    return lists.length === 0 ? undefined : lists.flat();
  };
  return {
    positives: all('positives'),
    negatives: all('negatives'),
    implied: records.find((record) => record.implied !== undefined)?.implied,
    dropped: added(...records.map(({ dropped = {} }) => dropped)),
    from: records.find(({ source }) => source !== undefined)?.source?.kind,
  };
}

/** What follows from the edit, without the texts that tests keep for themselves. */
function withheldImplied(implied: readonly ImpliedPrompts[], withholding: Withholding): ImpliedPrompts[] {
  const fit = (prompts: readonly ScopePrompt[]): ScopePrompt[] =>
    prompts.filter(({ text, subject }) => !withholding.blocksText(text, subject));
  return implied
    .map((each) => ({ ...each, prompts: fit(each.prompts), negatives: fit(each.negatives) }))
    .filter(({ prompts }) => prompts.length > 0);
}

/** Counts summed by reason. */
function added(...counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const of of counts)
    for (const [reason, times] of Object.entries(of)) sums[reason] = (sums[reason] ?? 0) + times;
  return sums;
}

/** The phrasing numbers of the kept prompts; one of its own for the request's prompt where the file lacks it. */
function promptWordings(
  prompts: readonly string[],
  texts: readonly string[],
  wordings: readonly number[],
): number[] {
  const numberOf = new Map(texts.map((text, index) => [text, wordings[index]!]));
  const fresh = Math.max(...wordings) + 1;
  return prompts.map((text) => numberOf.get(text) ?? fresh);
}

function noPrompts({ name, records }: ExpertFile, request: EditRequest): never {
  const subjects = [...new Set(records.map((record) => JSON.stringify(record.subject)))];
  throw new SakeError(
    'not-found',
    `generate: expected prompts for ${JSON.stringify(request.subject)} (${JSON.stringify(request.prompt)}) in ${name}, ` +
      `got records of ${subjects.slice(0, 5).join(', ')}${subjects.length > 5 ? ' …' : ''}; add a record, or prompts without a subject`,
    { details: { request } },
  );
}
