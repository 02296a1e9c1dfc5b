import { fileURLToPath } from 'node:url';
import { embeddedRecordsFile } from '@sakejs/embedded-model';
import { readCounterFact, withheldPrompts } from '@sakejs/evaluation';
import { readExpertFile, relationPhrasings, requestOf, screenCandidates } from '@sakejs/prompts';
import { fillPrompt } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';

const file = readExpertFile(
  fileURLToPath(new URL('../../../../examples/prompts/embedded-dev.json', import.meta.url)),
);
const { records } = readCounterFact(embeddedRecordsFile('dev'));
const words = (text: string): string =>
  text
    .toLowerCase()
    .match(/\{\}|[\p{L}\p{N}]+/gu)!
    .join(' ');
const phrasings = new Set(
  relationPhrasings.flatMap(({ statements, questions }) => [...statements, ...questions].map(words)),
);

describe('the prompts written by hand for the embedded model', () => {
  it('are sound, for 30 edits or more, 25 or more each', () => {
    expect([file.problems, file.shared]).toEqual([[], []]);
    expect(file.records.length).toBeGreaterThanOrEqual(30);
    for (const { prompts, subject } of file.records)
      expect(prompts.length, subject).toBeGreaterThanOrEqual(25);
  });

  it.each(file.records.map((record) => [record.subject, record] as const))(
    'of %s are for a dev record, pass every gate, and are no phrasing of the template source',
    { timeout: 60_000 },
    (_, record) => {
      const request = requestOf(record)!;
      const own = records.find((each) =>
        Object.entries(request).every(([field, value]) => each.request[field as 'prompt'] === value),
      );
      expect(own).toBeDefined();
      const texts = record.prompts.map(({ text }) => fillPrompt(text, record.subject));
      const { rejected } = screenCandidates(texts, { request, withhold: withheldPrompts(own!) });
      expect(rejected).toEqual([]);
      expect(record.prompts.filter(({ text }) => phrasings.has(words(text)))).toEqual([]);
    },
  );
});
