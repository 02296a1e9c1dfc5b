import type { EditRequest, PromptDistribution } from '@sakejs/spec';
import type { WrittenDistribution } from '../agent/written-distribution.js';
import { expectCode } from '@sakejs/spec/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTemplateSource } from '../template-source.js';
import { parseDistributions } from './distribution-records.js';
import type { DistributionFormat } from './expert-file.js';
import { createExpertSource } from './expert-source.js';
import { createDistributionWriter, writeDistributions } from './write-distributions.js';

const lima: EditRequest = {
  subject: 'Peru',
  prompt: 'The capital of {} is',
  targetTrue: 'Lima',
  targetNew: 'Oslo',
};
const apple: EditRequest = {
  subject: 'MacApp',
  prompt: '{} was developed by',
  targetTrue: 'Apple',
  targetNew: 'Engineers',
  relation: 'P178',
};
/** Everything that quoting, numbering and grouping can get wrong. */
const odd: PromptDistribution = {
  request: { subject: 'A, "B" & Ç', prompt: '{} is,\nat last,', targetTrue: '=1+1', targetNew: '漢字' },
  prompts: ['A, "B" & Ç is,\nat last,', '"A, "B" & Ç" is', '\'A, "B" & Ç\', #1, is', ' A, "B" & Ç\tis '],
  wordings: [0, 7, 7, -2],
  positives: [{ text: 'A, "B" & Ç? No', kind: 'paraphrase', subject: 'A, "B"', wording: '0' }],
  negatives: [{ text: ',', kind: 'unrelated' }],
  source: { kind: 'agent', model: 'a "b", c', temperature: 0.5, streamed: false, seed: 3, note: '7' },
  dropped: { 'names-object': 2, duplicate: 0 },
};
const { request, prompts, source } = odd;
const bare: PromptDistribution = { request, prompts, source, positives: [], negatives: [], dropped: {} };

/** As an agent gives it, with all that stands beside the prompts. */
const written: WrittenDistribution = {
  ...odd,
  request: lima,
  prompts: ['The capital of Peru is', 'They govern Peru from'],
  wordings: [0, 1],
  positives: [
    { text: 'The capital of the land of the Incas is', kind: 'paraphrase', subject: 'land of the Incas' },
  ],
  aliases: ['land of the Incas', 'Perú, "the republic"'],
  implications: [
    {
      text: 'The river through the capital of Peru is',
      hops: 1,
      answerTrue: 'the Rímac',
      answerNew: 'Akerselva',
    },
    { text: "The mayor, of Peru's capital, speaks", hops: 2, answerTrue: 'Spanish', answerNew: 'Norwegian' },
  ],
  reverseQuestions: [{ pattern: '{} is the capital of', text: 'Oslo is the capital of' }],
  report: {
    kinds: { paraphrases: { wanted: 2, made: 1, replies: 3, dropped: { duplicate: 4 } } },
    missing: { paraphrases: 1 },
    failures: [
      { kind: 'paraphrases', batch: 2, reason: 'server-error', message: 'a "busy", server', status: 503 },
    ],
    reasked: { truncated: 1 },
    usage: {
      calls: 4,
      attempts: 6,
      promptTokens: 1200,
      cachedPromptTokens: 3,
      completionTokens: 77,
      callsWithoutUsage: 1,
    },
    cost: 0.0125,
  },
};
/** A model that knew no other names, and nothing that follows. */
const writtenInVain: WrittenDistribution = {
  ...written,
  request: apple,
  prompts: ['MacApp was developed by'],
  wordings: [0],
  aliases: [],
  implications: [],
  reverseQuestions: [],
};

const formats: readonly DistributionFormat[] = ['json', 'jsonl', 'csv'];

let made: PromptDistribution[];
beforeAll(async () => {
  const template = createTemplateSource({ doubts: 12, negativesPerKind: 6 });
  made = [
    await template.generate(lima, { count: 40, seed: 2 }),
    await template.generate(apple, { count: 25 }),
    odd,
    bare,
    written,
    writtenInVain,
    await template.generate(lima, { count: 10, seed: 9 }),
  ];
}, 120_000);

describe.each(formats)('distributions written as %s', (format) => {
  it('come back equal: prompts, kinds, wordings, settings, drops', () => {
    expect(parseDistributions(writeDistributions(made, format), format)).toEqual(made);
  });

  it('serve as expert prompts with aliases, implications, reverse questions and report, tests withheld', async () => {
    const source = createExpertSource(
      { text: writeDistributions([written], format), name: 'reviewed' },
      { format },
    );
    const { aliases, implications, reverseQuestions, report } = written;
    const parts = { aliases, implications, reverseQuestions, report };
    expect(await source.generate(lima, { count: 2 })).toMatchObject(parts);
    const withhold = ['It rained. The river through the capital of Peru is', 'Oslo is the capital of'];
    const kept = await source.generate(lima, { count: 2, withhold });
    expect(kept).toMatchObject({ aliases, implications: [implications[1]], reverseQuestions: [] });
    expect(kept.dropped).toMatchObject({ 'implications-withheld': 1, 'reverseQuestions-withheld': 1 });
  });

  it('are written piece by piece as they are written at once', () => {
    const writer = createDistributionWriter(format);
    const pieces = [writer.head, ...made.map((each) => writer.next(each)), writer.end()];
    expect(pieces.join('')).toBe(writeDistributions(made, format));
  });

  it('serve their requests as expert prompts, with the texts and counts that they had', async () => {
    const [first, second] = made;
    const text = writeDistributions([first!, second!], format);
    const source = createExpertSource({ text, name: 'reviewed' }, { format });
    for (const each of [first!, second!]) {
      const { source: from, ...rest } = await source.generate(each.request, { count: each.prompts.length });
      const { source: origin, ...original } = each;
      expect(rest).toEqual(original);
      expect(from).toMatchObject({ kind: 'expert', file: 'reviewed', writtenFrom: origin.kind });
    }
  });

  it('can be corrected by hand: lines taken out, changed and added', async () => {
    const [first] = made;
    const lines = writeDistributions([first!], format).split('\n');
    const gone = first!.prompts[5]!;
    if (format === 'jsonl') {
      const record = JSON.parse(lines[0]!) as { prompts: unknown[] };
      record.prompts.splice(5, 1);
      record.prompts.push('They rule {} from');
      lines[0] = JSON.stringify(record);
    } else {
      const at = lines.findIndex((line) => line.includes(gone));
      const last = lines.findIndex((line) => line.includes(first!.prompts.at(-1)!));
      lines[last] +=
        format === 'json'
          ? ',\n"They rule {} from"'
          : '\nPeru,The capital of {} is,,,,,,They rule {} from,,\r';
      lines.splice(at, 1);
    }
    const source = createExpertSource({ text: lines.join('\n'), name: 'edited' }, { format });
    const { prompts, wordings } = await source.generate(lima, { count: 40 });
    expect(prompts).toEqual([...first!.prompts.filter((text) => text !== gone), 'They rule Peru from']);
    expect(wordings!.slice(0, -1)).not.toContain(wordings!.at(-1));
  });

  it('name every line that is no distribution', async () => {
    const hand = {
      json: '["The beast of {} is"]',
      jsonl: '"The beast of {} is"',
      csv: 'text\nThe beast of {} is',
    };
    const error = await expectCode(() => parseDistributions(hand[format], format, 'hand'), 'invalid-file');
    expect(error.message).toMatch(/a prompt without a request at hand:[12];/);
    const record = {
      json: '[{"subject": "S", "prompts": ["x"]}]',
      jsonl: '\n{"subject": "S", "prompts": ["x"]}',
      csv: 'subject,text\nS,x',
    };
    await expectCode(() => parseDistributions(record[format], format, 'hand'), 'invalid-file');
  });
});

describe('writeDistributions', () => {
  it('writes one text a line as JSON', () => {
    const lines = writeDistributions([made[0]!], 'json').split('\n');
    for (const text of made[0]!.prompts)
      expect(lines.filter((line) => line.includes(JSON.stringify(text)))).toHaveLength(1);
  });

  it('writes one distribution a line as JSONL', () => {
    expect(writeDistributions(made, 'jsonl').trimEnd().split('\n')).toHaveLength(made.length);
  });
});

describe('parseDistributions', () => {
  it('names the line of an implication, a reverse question or a report that is wrong', async () => {
    const lines = writeDistributions([written], 'csv').split('\r\n');
    const change = (from: string, to: string): { text: string; line: number } => {
      const line = lines.findIndex((each) => each.includes(from));
      expect(line).toBeGreaterThan(0);
      return {
        text: lines.map((each, at) => (at === line ? each.replace(from, to) : each)).join('\r\n'),
        line,
      };
    };
    for (const { text, line } of [
      change('one-hop', 'three-hop'),
      change(',Akerselva', ','),
      change('{} is the capital of', 'the capital is'),
    ]) {
      const error = await expectCode(() => parseDistributions(text, 'csv', 'hand.csv'), 'invalid-file');
      expect(error.message).toContain(`hand.csv:${line + 1}`);
    }
    const { text } = change('report,missing', 'report,lost');
    await expectCode(() => parseDistributions(text, 'csv', 'hand.csv'), 'invalid-file');
    const json = writeDistributions([written], 'json').replace('"hops":1', '"hops":3');
    const error = await expectCode(() => parseDistributions(json, 'json', 'hand.json'), 'invalid-file');
    expect(error.message).toContain('hops: expected 1 or 2');
  });
});
