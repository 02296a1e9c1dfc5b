import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDistributions } from '@sakejs/prompts';
import { describe, expect, it } from 'vitest';
import { sake, temporaryFolder } from './sake.js';

const PERU = ['--subject', 'Peru', '--prompt', 'The capital of {} is', '--true', 'Lima', '--new', 'Oslo'];
const peru = { subject: 'Peru', prompt: 'The capital of {} is', targetTrue: 'Lima', targetNew: 'Oslo' };
const france = { ...peru, subject: 'France', targetTrue: 'Paris' };
/** A relation that the template source has no phrasings of. */
const shoes = { subject: 'Lars', prompt: 'The shoe size of {} is', targetTrue: 'nine', targetNew: 'ten' };

function file(folder: string, name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('sake prompts generate', { timeout: 120_000 }, () => {
  it('prints the prompts of a fact, one a line, and what was dropped beside them', async () => {
    const { status, out, err } = await sake('prompts', 'generate', ...PERU, '--count', '8', '--seed', '3');
    expect(status).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(8);
    expect(lines[0]).toBe('The capital of Peru is');
    expect(err).toMatch(/^note: 8 prompts, dropped /);
  });

  it('prints the whole distribution with --json', async () => {
    const { status, out } = await sake('prompts', 'generate', ...PERU, '--count', '5', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      request: peru,
      prompts: { length: 5 },
      source: { kind: 'template', relation: 'P36' },
      dropped: expect.any(Object),
    });
  });

  it('takes a model to check with for sources that a model writes for, and for no other', async () => {
    const argv = ['prompts', 'generate', ...PERU, '--check-model', 'embedded'];
    const { status, err } = await sake(...argv);
    expect(status).toBe(2);
    expect(err).toContain('expected --check-model with the agent or the local source, got template');
    expect((await sake(...argv, '--source', 'agent')).err).toContain('expected --agent-model');
  });

  it('keeps what there is with --partial, and says how much is missing', async () => {
    const whole = await sake('prompts', 'generate', ...PERU, '--count', '1000000');
    expect(whole.status).toBe(4);
    const { status, out, err } = await sake(
      'prompts',
      'generate',
      ...PERU,
      '--count',
      '1000000',
      '--partial',
    );
    expect(status).toBe(0);
    const lines = out.trimEnd().split('\n').length;
    expect(lines).toBeGreaterThan(100);
    expect(err).toContain(`warning: ${lines} of 1000000 prompts for Peru`);
  });

  it('withholds the wording of test prompts of a file', async () => {
    const tests = file(temporaryFolder(), 'tests.txt', 'Peru is governed from\n\n');
    const argv = ['prompts', 'generate', ...PERU, '--count', '60', '--withhold', tests];
    const { status, out } = await sake(...argv);
    expect(status).toBe(0);
    expect(out).not.toContain('is governed from');
  });

  it.each(['json', 'jsonl', 'csv'] as const)(
    'writes many facts to a %s file that can be read again',
    async (format) => {
      const folder = temporaryFolder();
      const requests = file(folder, 'requests.json', [peru, france]);
      const out = join(folder, `prompts.${format}`);
      const argv = ['prompts', 'generate', '--requests', requests, '--out', out, '--count', '6', '--json'];
      const ran = await sake(...argv);
      expect([ran.status, ran.err]).toEqual([0, '']);
      expect(JSON.parse(ran.out)).toMatchObject({ requests: 2, made: 2, prompts: 12, failures: [] });
      const made = parseDistributions(readFileSync(out, 'utf8'), format);
      expect(made.map(({ request, prompts }) => [request, prompts.length])).toEqual([
        [peru, 6],
        [france, 6],
      ]);
      expect(existsSync(`${out}.partial`)).toBe(false);
      expect((await sake('prompts', 'stats', out)).out).toMatch(/edits +2\n +prompts +12; an edit: 6\n/);
    },
  );

  it('says which facts have no prompts, keeps the others, and ends with an error', async () => {
    const folder = temporaryFolder();
    const requests = file(
      folder,
      'requests.jsonl',
      [shoes, peru].map((each) => JSON.stringify(each)).join('\n'),
    );
    const out = join(folder, 'prompts.jsonl');
    const { status, err } = await sake(
      'prompts',
      'generate',
      '--requests',
      requests,
      '--out',
      out,
      '--count',
      '4',
    );
    expect(status).toBe(4);
    expect(err).toMatch(/warning: no prompts for Lars: findRelation: expected a relation .*expert file/);
    expect(
      parseDistributions(readFileSync(out, 'utf8'), 'jsonl').map(({ request }) => request.subject),
    ).toEqual(['Peru']);
  });

  it('withholds the test prompts of records in CounterFact’s schema', async () => {
    const folder = temporaryFolder();
    const record = {
      case_id: 1,
      requested_rewrite: {
        prompt: peru.prompt,
        subject: 'Peru',
        target_true: { str: 'Lima' },
        target_new: { str: 'Oslo' },
      },
      paraphrase_prompts: ['It rained. Peru is governed from'],
      neighborhood_prompts: ['The capital of Bolivia is'],
    };
    const out = join(folder, 'prompts.csv');
    const requests = file(folder, 'records.json', [record]);
    const { status } = await sake(
      'prompts',
      'generate',
      '--requests',
      requests,
      '--out',
      out,
      '--count',
      '60',
    );
    expect(status).toBe(0);
    expect(readFileSync(out, 'utf8')).not.toMatch(/Peru is governed from|Bolivia/);
  });

  it('goes on with an interrupted file, and makes what is whole there only once', async () => {
    const folder = temporaryFolder();
    const requests = file(folder, 'requests.json', [peru, france]);
    const out = join(folder, 'prompts.jsonl');
    const argv = ['prompts', 'generate', '--requests', requests, '--out', out, '--count', '4', '--json'];
    expect((await sake(...argv)).status).toBe(0);
    const [first, second] = readFileSync(out, 'utf8').split('\n');
    const marked = first!.replace('"seed":0', '"seed":77');
    writeFileSync(`${out}.partial`, `${marked}\n${second!.slice(0, 50)}`);
    const resumed = await sake(...argv, '--resume');
    expect(JSON.parse(resumed.out)).toMatchObject({ made: 1, keptFromBefore: 1 });
    expect(readFileSync(out, 'utf8')).toBe(`${marked}\n${second}\n`);
  });

  it('takes all prompts of an expert file that holds fewer than the default', async () => {
    const prompts = file(
      temporaryFolder(),
      'mine.csv',
      'text\nThey rule {} from\n"In {}, ministers meet in"\n',
    );
    const argv = ['prompts', 'generate', ...PERU, '--source', 'expert', '--prompts', prompts];
    expect((await sake(...argv)).out).toBe(
      'The capital of Peru is\nThey rule Peru from\nIn Peru, ministers meet in\n',
    );
    expect((await sake(...argv, '--count', '4')).status).toBe(4);
  });

  it.each([
    [['--subject', 'Peru'], /--subject, --prompt, --true and --new, or --requests alone/],
    [[...PERU, '--source', 'oracle'], /--source: expected one of template, expert, agent, local/],
    [[...PERU, '--source', 'expert'], /expected --prompts for the expert source/],
    [[...PERU, '--source', 'agent'], /expected --agent-model for the agent source/],
    [[...PERU, '--out', 'prompts.txt'], /expected --out as a \.json, \.jsonl or \.csv file/],
    [[...PERU, '--out', 'prompts.csv', '--resume'], /expected --resume with a \.jsonl file/],
    [[...PERU, '--count', '0'], /--count: expected a whole number of at least 1/],
  ])('refuses %j', async (argv, message) => {
    const { status, out, err } = await sake('prompts', 'generate', ...argv);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(message);
  });
});

describe('sake prompts review', () => {
  it('passes a sound file, and says what it would drop', async () => {
    const path = file(temporaryFolder(), 'mine.txt', 'They rule {} from\nThe seat\nthey RULE {} from\n');
    const { status, out } = await sake('prompts', 'review', path);
    expect(status).toBe(0);
    expect(out).toBe(
      'mine.txt:2: missing-subject (paraphrase): The seat\n' +
        'mine.txt:3: duplicate (paraphrase): they RULE Somebody from\n' +
        'mine.txt: 0 problems; 1 of 3 prompts pass the gates; to drop: missing-subject 1, duplicate 1\n',
    );
    expect((await sake('prompts', 'review', path, '--strict')).status).toBe(3);
  });

  it('names every line that cannot be read, and ends with an error', async () => {
    const path = file(temporaryFolder(), 'mine.jsonl', '"They rule {} from"\n{]\n3\n');
    const { status, out, err } = await sake('prompts', 'review', path);
    expect(status).toBe(3);
    expect(out).toMatch(/^mine\.jsonl:2: error: expected JSON.*\nmine\.jsonl:3: error: /);
    expect(err).toMatch(/^error: sake prompts review: expected a sound file, got 2 problems/);
    const asJson = await sake('prompts', 'review', path, '--json');
    const { error } = JSON.parse(asJson.out) as { error: { details: { problems: { line: number }[] } } };
    expect(error.details.problems.map(({ line }) => line)).toEqual([2, 3]);
  });

  it('finds objects that a file of requests names', async () => {
    const folder = temporaryFolder();
    const path = file(folder, 'mine.json', [
      { subject: 'Peru', prompts: ['Not Lima but {} has', 'They rule {} from'] },
    ]);
    const blind = await sake('prompts', 'review', path, '--json');
    expect(JSON.parse(blind.out)).toMatchObject({ drops: [], withoutObjects: [{ subject: 'Peru' }] });
    const requests = file(
      folder,
      'requests.csv',
      'subject,prompt,targetTrue,targetNew\nPeru,The capital of {} is,Lima,Oslo\n',
    );
    const seeing = await sake('prompts', 'review', path, '--requests', requests, '--json');
    expect(JSON.parse(seeing.out)).toMatchObject({
      drops: [{ line: 1, reason: 'names-object' }],
      withoutObjects: [],
    });
  });

  it('says that a file is missing', async () => {
    expect((await sake('prompts', 'review', join(temporaryFolder(), 'none.txt'))).status).toBe(3);
  });
});

describe('sake prompts stats', () => {
  it('counts a file written by hand, lines that cannot be read aside', async () => {
    const path = file(
      temporaryFolder(),
      'mine.csv',
      'subject,kind,text\nPeru,,They rule {} from\nPeru,,Where do ministers of {} meet? In\nPeru,doubt,Lima? They rule Peru from\n,doubt,x\n',
    );
    const { status, out, err } = await sake('prompts', 'stats', path, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      edits: 1,
      problems: 1,
      prompts: { total: 2 },
      questions: 0.5,
      positives: { doubt: 1 },
      negatives: {},
    });
    expect(err).toMatch(/^warning: 1 lines of mine\.csv cannot be read/);
  });

  it('refuses a file without a prompt that can be read', async () => {
    const { status, err } = await sake('prompts', 'stats', file(temporaryFolder(), 'mine.jsonl', '3\n'));
    expect(status).toBe(3);
    expect(err).toMatch(/sake prompts review says why/);
  });
});
