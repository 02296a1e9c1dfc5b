import { fillPrompt, type EditRequest } from '@sakejs/spec';
import type { FiledDistribution, WrittenParts } from '../agent/written-distribution.js';
import type { Withholding } from '../withholding.js';
import type { ExpertRecord } from './expert-file.js';
import { partsOf } from './written-parts.js';

/** The parts of a request's records, and how many entries were left out. */
export interface RecordParts {
  readonly parts: Pick<FiledDistribution, keyof WrittenParts>;
  readonly dropped: Readonly<Record<string, number>>;
}

/**
 * What a language model wrote for the records of a request beside prompts, as people left it.
 *
 * Entries that share wording with test prompts are left out and counted. The report stays as it was written, where one
 * record has one: it says how the entries were made, not what became of them by hand.
 */
export function writtenOfRecords(
  records: readonly ExpertRecord[],
  request: EditRequest,
  withholding: Withholding,
): RecordParts {
  const dropped: Record<string, number> = {};
  const fit = <Entry>(
    part: string,
    lists: readonly (readonly Entry[] | undefined)[],
    isWithheld: (entry: Entry) => boolean,
  ): Entry[] | undefined => {
    if (lists.every((list) => list === undefined)) return undefined;
    const all = lists.flatMap((list) => list ?? []);
    const kept = all.filter((entry) => !isWithheld(entry));
    if (kept.length < all.length) dropped[`${part}-withheld`] = all.length - kept.length;
    return kept;
  };
  const reports = records.flatMap(({ report }) => (report === undefined ? [] : [report]));
  const parts = partsOf({
    aliases: fit(
      'aliases',
      records.map((record) => record.aliases),
      (alias) =>
        withholding.blocksSubject(alias) || withholding.blocksText(fillPrompt(request.prompt, alias), alias),
    ),
    implications: fit(
      'implications',
      records.map((record) => record.implications),
      ({ text }) => withholding.blocksText(text, request.subject),
    ),
    reverseQuestions: fit(
      'reverseQuestions',
      records.map((record) => record.reverseQuestions),
      ({ text }) => withholding.blocksText(text, undefined),
    ),
    report: reports.length === 1 ? reports[0] : undefined,
  });
  return { parts, dropped };
}
