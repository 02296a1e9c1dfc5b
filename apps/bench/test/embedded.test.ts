import { embeddedPopularFile, embeddedRecordsFile } from '@sakejs/embedded-model';
import {
  counterFactSuite,
  doubtWordings,
  neutralTexts,
  popularSuite,
  protocols,
  readCounterFact,
  readRippleEdits,
  runSuite,
  withheldPrompts,
  type SuiteResult,
} from '@sakejs/evaluation';
import { fillPrompt, type PromptDistribution } from '@sakejs/spec';
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

/** Every text of a distribution. */
function textsOf({ prompts, positives, negatives, implied = [] }: PromptDistribution): string[] {
  const following = implied.flatMap((each) => [...each.prompts, ...each.negatives]);
  return [...prompts, ...[...positives, ...negatives, ...following].map(({ text }) => text)];
}

describe('prompts for the embedded records', () => {
  it(
    'hold neither wording nor prefix of a test paraphrase nor the harness’s own, negatives and doubts included',
    { timeout: 240_000 },
    async () => {
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
        const texts = textsOf(await source.generate(record.request, { count: 50, withhold }));
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
    },
  );

  it(
    'hold no test of what follows from an edit, and nobody whom one names',
    { timeout: 240_000 },
    async () => {
      const { cases } = popularSuite(readRippleEdits(embeddedPopularFile('test')));
      expect(cases).toHaveLength(200);
      const source = loadPromptSource();
      for (const { request, withheld } of cases) {
        const made = await source.generate(request, { count: 50, withhold: withheld });
        const asked = fillPrompt(request.prompt, request.subject);
        const tests = new Set(withheld.filter((test) => test !== asked));
        expect(textsOf(made).filter((text) => tests.has(text))).toEqual([]);
        for (const { prompts, form } of made.implied ?? [])
          if (form === 'described-subject')
            for (const { wording } of prompts)
              expect(withheld.filter((test) => test.includes(wording!))).toEqual([]);
      }
    },
  );
});
