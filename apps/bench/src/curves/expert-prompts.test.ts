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
const statements = new Set(relationPhrasings.flatMap((relation) => relation.statements.map(words)));
const questions = [...new Set(relationPhrasings.flatMap((relation) => relation.questions.map(words)))];
/** Whether a prompt is a template statement, or asks a template question in whatever layout. */
const isTemplate = (text: string): boolean => {
  const own = words(text);
  return statements.has(own) || questions.some((question) => ` ${own} `.includes(` ${question} `));
};

describe('the prompts written by hand for the embedded model', () => {
  it('are sound, for 30 edits or more, 100 or more each', () => {
    expect([file.problems, file.shared]).toEqual([[], []]);
    expect(file.records.length).toBeGreaterThanOrEqual(30);
    for (const { prompts, subject } of file.records)
      expect(prompts.length, subject).toBeGreaterThanOrEqual(100);
  });

  it('share a number where they share a phrasing, behind a sentence or in another layout', () => {
    for (const { prompts, subject } of file.records) {
      const texts = new Map<number, string[]>();
      for (const { text, wording } of prompts)
        if (wording !== undefined) texts.set(wording, [...(texts.get(wording) ?? []), text]);
      for (const group of texts.values()) expect(group, subject).toHaveLength(2);
      for (const { text, wording } of prompts) {
        const [, rest] = /^[^{}]+?\. (.*)$/s.exec(text) ?? [];
        const bare = prompts.find((each) => each.text === rest);
        if (bare !== undefined) expect([subject, text, wording]).toEqual([subject, text, bare.wording]);
      }
    }
  });

  it.each(file.records.map((record) => [record.subject, record] as const))(
    'of %s are for a dev record, pass every gate, and are no phrasing of the template source',
    { timeout: 120_000 },
    (_, record) => {
      const request = requestOf(record)!;
      const own = records.find((each) =>
        Object.entries(request).every(([field, value]) => each.request[field as 'prompt'] === value),
      );
      expect(own).toBeDefined();
      const texts = record.prompts.map(({ text }) => fillPrompt(text, record.subject));
      const { rejected } = screenCandidates(texts, { request, withhold: withheldPrompts(own!) });
      expect(rejected).toEqual([]);
      expect(record.prompts.filter(({ text }) => isTemplate(text))).toEqual([]);
    },
  );
});
