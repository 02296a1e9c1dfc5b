import { SakeError, type EditRequest } from '@sakejs/spec';
import type { FiledDistribution } from '../agent/written-distribution.js';
import {
  requireSound,
  type DistributionFormat,
  type ExpertFile,
  type ExpertPrompt,
  type ExpertRecord,
} from './expert-file.js';
import { parseExpertFile } from './parse-expert-file.js';
import { partsOf } from './written-parts.js';

/**
 * The phrasing numbers of prompts, or undefined where the file gives none.
 *
 * A prompt that was added by hand has no number; it counts as a phrasing of its own.
 */
export function wordingsOf(prompts: readonly ExpertPrompt[]): number[] | undefined {
  const given = prompts.flatMap(({ wording }) => (wording === undefined ? [] : [wording]));
  if (given.length === 0) return undefined;
  let next = given.reduce((most, wording) => Math.max(most, wording), 0) + 1;
  return prompts.map(({ wording }) => wording ?? next++);
}

/**
 * Distributions as they were written by `writeDistributions`, equal to what was written.
 *
 * @param name stands in errors.
 * @throws {SakeError} `invalid-file` with file and line of every problem, and for prompts that belong to no distribution.
 */
export function parseDistributions(
  text: string,
  format: DistributionFormat,
  name: string = 'text',
): FiledDistribution[] {
  return distributionsOf(parseExpertFile(text, format, name));
}

/** The distributions of a file that holds nothing else. */
export function distributionsOf(file: ExpertFile): FiledDistribution[] {
  requireSound(file);
  const [loose] = file.shared;
  if (loose !== undefined) return notADistribution(file.name, loose.line, 'a prompt without a request');
  return file.records.map((record) => {
    const request = requestOf(record);
    const { source, positives = [], negatives = [], implied, dropped = {} } = record;
    if (request === undefined || source === undefined)
      return notADistribution(file.name, record.line, 'a record without prompt, objects or source');
    const wordings = wordingsOf(record.prompts);
    return {
      request,
      prompts: record.prompts.map((prompt) => prompt.text),
      ...(wordings === undefined ? {} : { wordings }),
      positives,
      negatives,
      ...(implied === undefined ? {} : { implied }),
      ...partsOf(record),
      source,
      dropped,
    };
  });
}

/** The request that a record was made for; undefined where it does not say. */
export function requestOf(record: ExpertRecord): EditRequest | undefined {
  const { subject, prompt, targetTrue, targetNew, relation } = record;
  if (prompt === undefined || targetTrue === undefined || targetNew === undefined) return undefined;
  return { subject, prompt, targetTrue, targetNew, ...(relation === undefined ? {} : { relation }) };
}

function notADistribution(name: string, line: number, got: string): never {
  throw new SakeError(
    'invalid-file',
    `parseDistributions: expected whole distributions, got ${got} at ${name}:${line}; read it as an expert file`,
    { details: { file: name, line } },
  );
}
