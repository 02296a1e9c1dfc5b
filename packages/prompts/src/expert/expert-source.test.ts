import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EditRequest, SakeError } from '@sakejs/spec';
import { describePromptGenerator, expectCode } from '@sakejs/spec/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTemplateSource } from '../template-source.js';
import { createExpertSource } from './expert-source.js';
import type { ExpertProblem } from './expert-file.js';

const request: EditRequest = {
  subject: 'Lake Wobble',
  prompt: 'The monster of {} is called',
  targetTrue: 'Nelly',
  targetNew: 'Morag',
};
const fourteen = Array.from(
  { length: 14 },
  (_, index) => `In chapter ${index + 1}, the monster of {} is named`,
);

describePromptGenerator('createExpertSource', () => createExpertSource({ text: fourteen.join('\n') }), {
  request,
  tooMany: 40,
});

const known: EditRequest = {
  subject: 'Peru',
  prompt: 'The capital of {} is',
  targetTrue: 'Lima',
  targetNew: 'Oslo',
};
describePromptGenerator(
  'createExpertSource with template negatives',
  () =>
    createExpertSource(
      { text: fourteen.map((line) => line.replace('monster', 'first city')).join('\n') },
      { negatives: createTemplateSource() },
    ),
  { request: known, tooMany: 40 },
);

describe('createExpertSource', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'expert-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const prompts = async (path: string, count: number): Promise<readonly string[]> =>
    (await createExpertSource(path).generate(request, { count })).prompts;

  it('reads one prompt a line from text files, comments and blank lines aside', async () => {
    const path = file(
      'a.txt',
      '# a comment\r\nThe beast of {} is\r\n\r\n  They call the beast of Lake Wobble  \r\n',
    );
    expect(await prompts(path, 3)).toEqual([
      'The monster of Lake Wobble is called',
      'The beast of Lake Wobble is',
      'They call the beast of Lake Wobble',
    ]);
  });

  it('reads JSON arrays, objects and records', async () => {
    const first = ['The monster of Lake Wobble is called', 'The beast of Lake Wobble is'];
    expect(await prompts(file('a.json', '["The beast of {} is"]'), 2)).toEqual(first);
    expect(await prompts(file('b.json', '{"prompts": ["The beast of {} is"]}'), 2)).toEqual(first);
    const records = [
      { subject: 'Loch Ness', prompts: ['The beast of {} was'] },
      { subject: 'Lake Wobble', prompt: 'The depth of {} is', prompts: ['How deep is {}? It is'] },
      { subject: 'Lake Wobble', prompt: request.prompt, prompts: ['The beast of {} is'] },
    ];
    expect(await prompts(file('c.json', JSON.stringify({ records })), 2)).toEqual(first);
    expect(await prompts(file('d.json', JSON.stringify(records)), 2)).toEqual(first);
  });

  it('reads one JSON value a line', async () => {
    const lines = [
      '"The beast of {} is"',
      '',
      '{"prompt": "Fishermen at {} fear"}',
      '{"prompts": ["At {} lives"]}',
    ];
    expect(await prompts(file('a.jsonl', lines.join('\n')), 4)).toEqual([
      'The monster of Lake Wobble is called',
      'The beast of Lake Wobble is',
      'Fishermen at Lake Wobble fear',
      'At Lake Wobble lives',
    ]);
  });

  it('reads rows under a heading, quoted as RFC 4180 has it', async () => {
    const rows = [
      'subject,prompt,text',
      'Lake Wobble,The monster of {} is called,"Fishermen, at {}, fear"',
      '',
      'Loch Ness,,The beast of {} was',
      ',,"They say ""old"" {} hides"',
      'Lake Wobble,The depth of {} is,How deep is {}? It is',
    ];
    expect(await prompts(file('a.csv', `\uFEFF${rows.join('\r\n')}\r\n`), 3)).toEqual([
      'The monster of Lake Wobble is called',
      'Fishermen, at Lake Wobble, fear',
      'They say "old" Lake Wobble hides',
    ]);
  });

  it('takes positives and negatives that the file gives, by their kind', async () => {
    const rows = [
      'subject,kind,text,about',
      'Lake Wobble,,The beast of {} is,',
      'Lake Wobble,doubt,Nelly? The monster of Lake Wobble is called,Lake Wobble',
      'Lake Wobble,other-subject,The monster of Loch Ness is called,Loch Ness',
      'Lake Wobble,unrelated,It rained and,',
      'Lake Wobble,unrelated,it RAINED and!,',
    ];
    const made = await createExpertSource(file('kinds.csv', rows.join('\n'))).generate(request, { count: 2 });
    expect(made.positives).toEqual([
      { text: 'Nelly? The monster of Lake Wobble is called', kind: 'doubt', subject: 'Lake Wobble' },
    ]);
    expect(made.negatives).toEqual([
      { text: 'The monster of Loch Ness is called', kind: 'other-subject', subject: 'Loch Ness' },
      { text: 'It rained and', kind: 'unrelated' },
    ]);
    expect(made.dropped).toEqual({ negative: 1 });
    expect(made.source).toMatchObject({ positives: 'file', negatives: 'file' });
  });

  it('serves records with objects to requests of those objects only', async () => {
    const records = [
      { subject: 'Lake Wobble', targetNew: 'Ogopogo', prompts: ['The scare of {} is'] },
      { subject: 'Lake Wobble', targetNew: 'Morag', prompts: ['The beast of {} is'] },
    ];
    const path = file('objects.json', JSON.stringify(records));
    expect((await prompts(path, 2))[1]).toBe('The beast of Lake Wobble is');
    await expectCode(() => prompts(path, 3), 'not-enough-data');
  });

  it('does not count the prompt of the request as a repetition when the file lists it', async () => {
    const text = 'The monster of {} is called\nThe beast of {} is\nthe monster of {} is called';
    const made = await createExpertSource({ text }).generate(request, { count: 2 });
    expect(made.dropped).toEqual({});
    const error = await expectCode(
      () => createExpertSource({ text }).generate(request, { count: 3 }),
      'not-enough-data',
    );
    expect(error.message).toContain('duplicate 1');
  });

  it('drops prompts without the subject, with an object, with a placeholder or twice, and counts them', async () => {
    const text = [
      'The beast is',
      'Nelly lives in {} and is',
      'The {kind} of {} is',
      'The beast of {} is',
      'the beast of {} is!',
      'Who lives in {}?',
    ].join('\n');
    const made = await createExpertSource({ text }).generate(request, { count: 3 });
    expect(made.prompts.slice(1)).toEqual(['The beast of Lake Wobble is', 'Who lives in Lake Wobble?']);
    expect(made.dropped).toEqual({
      'missing-subject': 1,
      'names-object': 1,
      'unfilled-placeholder': 1,
      duplicate: 1,
    });
    const error = await expectCode(
      () => createExpertSource({ text }).generate(request, { count: 4 }),
      'not-enough-data',
    );
    expect(error.message).toContain('got 3');
    expect(error.message).toContain('missing-subject 1');
  });

  it('drops prompts that share wording with test prompts', async () => {
    const text = 'It was dark. The beast of {} is\nFishermen at {} fear';
    const made = await createExpertSource({ text }).generate(request, {
      count: 2,
      withhold: ['Hello there. the beast of Lake Wobble is'],
    });
    expect(made.prompts[1]).toBe('Fishermen at Lake Wobble fear');
    expect(made.dropped).toEqual({ withheld: 1 });
  });

  it('takes negatives from the fallback where it knows the relation, generic ones elsewhere', async () => {
    const options = { negatives: createTemplateSource() };
    const made = await createExpertSource({ text: 'They rule {} from' }, options).generate(known, {
      count: 2,
    });
    expect(made.source['negatives']).toBe('template');
    expect(made.negatives.some(({ kind }) => kind === 'other-subject')).toBe(true);
    const odd = await createExpertSource({ text: 'The beast of {} is' }, options).generate(request, {
      count: 2,
    });
    expect(odd.source['negatives']).toBe('generic');
    expect([...new Set(odd.negatives.map(({ kind }) => kind))].sort()).toEqual([
      'other-relation',
      'topic-change',
      'unrelated',
    ]);
  });

  it('says for whom it has records when there is none for the request', async () => {
    const path = file('other.json', '[{"subject": "Loch Ness", "prompts": ["The beast of {} is"]}]');
    const error = await expectCode(() => prompts(path, 2), 'not-found');
    expect(error.message).toContain('"Loch Ness"');
  });

  it.each([
    ['unclosed.json', '["a {} b",\n"c"', 2],
    ['comma.json', '[\n"a {} b"\n"c"]', 3],
    ['number.json', '["a {} b",\n\n 3]', 3],
    ['field.json', '{\n"records": [\n{"subject": "S",\n"prompts": ["a", 5]}]}', 4],
    ['missing.json', '[\n{"subject": "S"}]', 2],
    ['unknown.json', '{"prompts": [],\n"more": 1}', 1],
    ['second.jsonl', '"a {} b"\n{"prompt": }', 2],
    ['blank.json', '["  "]', 1],
    ['empty.txt', '\n# nothing\n', 1],
    ['empty.json', '', 1],
    ['none.json', '[]', 1],
    ['deep.json', '['.repeat(100_000), 1],
  ])('names file and line of what is wrong in %s', async (name, text, line) => {
    const error = await expectCode(() => createExpertSource(file(name, text)), 'invalid-file');
    expect(error.message).toContain(`at ${name}:${line};`);
  });

  it.each([
    ['all.json', '[\n"a {} b",\n7,\n"",\n{"subject": "S", "prompts": ["x", 5],\n"more": 1}]', [3, 4, 5, 5]],
    ['all.jsonl', '"a {} b"\n{"prompt": }\n"fine {}"\n{"prompts": [3]}\n', [2, 4]],
    ['all.csv', 'text,kind\nfine {},\n"open {}\nalso fine {},\nmore {},doubt\n,\n,,,\n', [3, 5, 6, 7]],
    ['all.txt', 'fine {}\nbell\u0007 {}\nfine too {}\nnul\u0000 {}\n', [2, 4]],
  ])('tells everything that is wrong in %s, each with its line', async (name, text, lines) => {
    const error = await expectCode(() => createExpertSource(file(name, text)), 'invalid-file');
    expect(((error as SakeError).details['problems'] as ExpertProblem[]).map(({ line }) => line)).toEqual(
      lines,
    );
    for (const line of lines) expect(error.message).toContain(`at ${name}:${line};`);
  });

  it('names ten problems in its message and counts the others', async () => {
    const text = Array.from({ length: 25 }, () => '3').join('\n');
    const error = await expectCode(() => createExpertSource({ text }, { format: 'jsonl' }), 'invalid-file');
    expect(error.message).toContain('got 25 problems');
    expect(error.message.match(/ at text:\d+;/g)).toHaveLength(10);
    expect(error.message).toContain('and 15 more');
    expect((error as SakeError).details['problems']).toHaveLength(25);
  });

  it('names the line of bytes that are not UTF-8, whatever the format', async () => {
    const latin1 = Buffer.from('["The beast of {} is",\n"S\u00e3o {} is"]', 'latin1');
    for (const name of ['latin.txt', 'latin.json', 'latin.jsonl']) {
      writeFileSync(join(folder, name), latin1);
      const error = await expectCode(() => createExpertSource(join(folder, name)), 'invalid-file');
      expect(error.message).toContain(`at ${name}:2;`);
    }
  });

  it('reads past a byte order mark', async () => {
    expect(await prompts(file('mark.txt', '\uFEFFThe beast of {} is'), 2)).toContain(
      'The beast of Lake Wobble is',
    );
  });

  it('refuses a missing file, a folder and an unknown ending', async () => {
    await expectCode(() => createExpertSource(join(folder, 'none.txt')), 'not-found');
    await expectCode(() => createExpertSource(folder, { format: 'txt' }), 'io');
    await expectCode(() => createExpertSource(file('a.md', 'x')), 'invalid-option');
  });
});
