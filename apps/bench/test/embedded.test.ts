import { embeddedRecordsFile } from '@sakejs/embedded-model';
import {
  counterFactSuite,
  doubtWordings,
  neutralTexts,
  protocols,
  readCounterFact,
  runSuite,
  withheldPrompts,
  type SuiteResult,
} from '@sakejs/evaluation';
import { loadModel, loadPromptSource } from 'sakejs';
import { beforeAll, describe, expect, it } from 'vitest';
import { methodEntries } from '../src/method-entries.js';

/** The first test records; the demo prints the table of 60. */
const EDITS = 12;

let paper: SuiteResult;
let strict: SuiteResult;
beforeAll(async () => {
  await using lm = await loadModel();
  const results = await runSuite({
    lm,
    suite: counterFactSuite(readCounterFact(embeddedRecordsFile('test'), { limit: EDITS })),
    methods: await methodEntries(['none', 'sake'], lm.info),
    prompts: loadPromptSource(),
    protocols: [protocols.paper, protocols.strict],
  });
  [paper, strict] = results as [SuiteResult, SuiteResult];
}, 240_000);

describe('the embedded model', () => {
  it('answers its facts truly, unedited', () => {
    const [none] = paper.rows;
    expect(none!.metrics['accuracy']!.value).toBe(0);
    expect(none!.metrics['specificity']!.n).toBeGreaterThan(0.9 * 5 * EDITS);
  });

  it.each(['paper', 'strict'] as const)('is edited by sake in the %s protocol', (protocol) => {
    const { metrics, learned } = (protocol === 'paper' ? paper : strict).rows[1]!;
    expect(learned).toBe(EDITS);
    expect(metrics['accuracy']!.value).toBeGreaterThanOrEqual(0.9);
    expect(metrics['generality']!.value).toBeGreaterThanOrEqual(0.85);
    expect(metrics['specificity']!.value).toBeGreaterThanOrEqual(0.85);
  });
});

describe('prompts for the embedded records', () => {
  it('hold neither wording nor prefix of a test paraphrase nor the harness’s own, negatives and doubts included', async () => {
    const { records } = readCounterFact(embeddedRecordsFile('test'));
    const source = loadPromptSource();
    const gap = { subject: '|', prompt: '{}', targetTrue: '|', targetNew: '|' };
    /** Runs of four words of the harness's doubts, and its neutral sentences. */
    const harness = [
      ...neutralTexts,
      ...doubtWordings.flatMap(({ ask }) =>
        ask(gap)
          .split('|')
          .flatMap((part) => {
            const words = part.trim().split(/\s+/u);
            return words.slice(3).map((_, at) => words.slice(at, at + 4).join(' '));
          }),
      ),
    ];
    for (const record of records) {
      const withhold = withheldPrompts(record);
      const { prompts, positives, negatives } = await source.generate(record.request, {
        count: 50,
        withhold,
      });
      const texts = [...prompts, ...[...positives, ...negatives].map(({ text }) => text)];
      const all = texts.join('\n');
      expect(harness.filter((words) => all.includes(words))).toEqual([]);
      for (const paraphrase of record.paraphrasePrompts) {
        const [, prefix, wording] = /^(.*?[.!?]) (.*)$/.exec(paraphrase)!;
        expect(wording).toContain(record.request.subject);
        for (const text of texts) {
          expect(text).not.toContain(prefix);
          expect(text).not.toContain(wording);
        }
      }
    }
  });
});
