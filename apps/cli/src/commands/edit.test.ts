import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyModel } from 'sakejs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRANCE, sake, temporaryFolder } from '../../test/sake.js';

let model: string;
beforeAll(async () => {
  model = await writeTinyModel(mkdtempSync(join(tmpdir(), 'sake-cli-model-')));
});
afterAll(() => rmSync(model, { recursive: true, force: true }));

/** `FRANCE` with one flag's value replaced. */
function france(flag: string, value: string): string[] {
  return FRANCE.map((argument, at) => (FRANCE[at - 1] === flag ? value : argument));
}

describe('sake edit', () => {
  it('keeps the edit and shows the answer before and after', async () => {
    const library = join(temporaryFolder(), 'edits');
    const { status, out, err } = await sake('edit', ...FRANCE, '--model', model, '--library', library);
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^france-[0-9a-f]{10} is kept in .*\n {2}before {3}The capital of France is .*\n {2}after /,
    );
    expect(out).toMatch(/prompts {2}12 \(template\), dropped /);
    expect(readdirSync(library)).toEqual([expect.stringMatching(/^france-[0-9a-f]{10}\.safetensors$/)]);
  });

  it('prints one JSON object with --json', async () => {
    const library = temporaryFolder();
    const { out } = await sake('edit', ...FRANCE, '--model', model, '--library', library, '--json');
    expect(JSON.parse(out)).toMatchObject({
      id: expect.stringMatching(/^france-/),
      request: { subject: 'France', targetNew: 'Rome' },
      before: expect.any(String),
      after: expect.any(String),
      map: { kind: 'bures-wasserstein' },
      scope: { kind: 'euclidean-centroid' },
      provenance: { prompts: { count: 12 }, rows: { source: 24, target: 12 } },
    });
  });

  it('names the model that answers in scope: --counterfactual', async () => {
    const other = await writeTinyModel(join(temporaryFolder(), 'other'), { seed: 1 });
    const flags = [...france('--method', 'serac'), '--model', model, '--library', temporaryFolder()];
    const { status, out, err } = await sake('edit', ...flags, '--counterfactual', other, '--json');
    expect([status, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({
      provenance: { method: 'serac', settings: { counterfactual: other, classifier: 'own' } },
    });
    const wrong = await sake('edit', ...FRANCE, '--model', model, '--counterfactual', other);
    expect([wrong.status, wrong.err]).toEqual([
      2,
      expect.stringMatching(/no counterfactual for 'sake-paper'/),
    ]);
  });

  it.each([
    ['2', 2],
    // ' Rome' is four tokens to this tokenizer: ' R', and a letter each.
    ['all', 3],
  ])('learns maps for later tokens of the object: --later-tokens %s', async (wanted, maps) => {
    const library = temporaryFolder();
    const flags = [...FRANCE, '--model', model, '--library', library, '--later-tokens', wanted];
    const { status, out, err } = await sake('edit', ...flags, '--json');
    expect([status, err]).toEqual([0, '']);
    const learned = JSON.parse(out) as { provenance: { settings: { laterObeying: number[] } } };
    expect(learned).toMatchObject({ laterMaps: maps });
    expect(learned.provenance.settings.laterObeying).toHaveLength(maps);
    const again = await sake('edit', ...flags, '--replace');
    expect(again.out).toMatch(new RegExp(`map {6}bures-wasserstein, ${maps} for later tokens; scope`));
  });

  it('refuses the same request again before it learns, unless told to replace', async () => {
    const arguments_ = ['edit', ...FRANCE, '--model', model, '--library', temporaryFolder()];
    await sake(...arguments_);
    const again = await sake(...arguments_.map((word) => (word === model ? '/no/model/is/asked' : word)));
    expect(again).toMatchObject({
      status: 2,
      out: '',
      err: expect.stringMatching(/--replace learns it again/),
    });
    expect((await sake(...arguments_, '--replace')).status).toBe(0);
  });

  it('takes hand-written prompts from a file, all of a short one', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'prompts.txt');
    writeFileSync(
      file,
      ['France is ruled from', '{} has its capital in', 'Paris is the capital of'].join('\n'),
    );
    const flags = FRANCE.filter((word) => word !== '--count' && word !== '12');
    const { status, out } = await sake(
      'edit',
      ...[...flags, '--prompts', file, '--model', model, '--library', folder, '--json'],
    );
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      provenance: { prompts: { count: 3, source: { kind: 'expert' } } },
    });
  });

  it.each([
    [
      'no {} in the prompt',
      france('--prompt', 'The capital is'),
      2,
      /hold '\{\}' once.*"The capital of \{\} is"/,
    ],
    ['{} twice', france('--prompt', '{} and {} are'), 2, /got 2/],
    [
      'the new object being the true one',
      france('--new', 'Paris'),
      2,
      /other than the true one, got "Paris"/,
    ],
    ['an empty subject', france('--subject', ' '), 2, /non-empty subject/],
    [
      'an unknown mapper',
      [...FRANCE, '--mapper', 'optimal'],
      2,
      /expected one of bures-wasserstein, .*"optimal"/,
    ],
    ['a missing mapper module', [...FRANCE, '--mapper', './none.mjs'], 3, /module at .*none\.mjs/],
    [
      'an unknown method',
      france('--method', 'no-such-method'),
      2,
      /--method: expected one of sake, .*--help/,
    ],
    ['no setting', [...FRANCE, '--set', 'layer'], 2, /--set: expected <setting>=<value>, .*"layer"/],
    ['a setting of a method that maps', [...FRANCE, '--set', 'layer=3'], 2, /no settings for 'sake-paper'/],
    ['targets of another kind', [...FRANCE, '--targets', 'some'], 2, /--targets: expected all or obeying/],
    [
      'later tokens that are no number',
      [...FRANCE, '--later-tokens', 'some'],
      2,
      /--later-tokens: expected all or a whole number of at least 0/,
    ],
    [
      'a count that is no number',
      france('--count', 'many'),
      2,
      /--count: expected a whole number of at least 2/,
    ],
    ['a count below 2', france('--count', '1'), 2, /--count: expected a whole number of at least 2/],
    ['a missing prompts file', [...FRANCE, '--prompts', './none.txt'], 3, /none\.txt/],
    [
      'a flag that there is not',
      [...FRANCE, '--colour', 'red'],
      2,
      /unknown option '--colour'; see sake --help/,
    ],
    ['a missing flag', FRANCE.slice(2), 2, /'--subject <text>' not specified/],
  ])('refuses %s in one line', async (_, flags, code, message) => {
    const library = join(temporaryFolder(), 'edits');
    const { status, out, err } = await sake('edit', ...flags, '--model', model, '--library', library);
    expect([status, out]).toEqual([code, '']);
    expect(err).toMatch(message);
    expect(err).toMatch(/^error: [^\n]+\n$/);
  });

  it.each([
    ['empty.txt', ''],
    ['empty.json', ''],
    ['list.json', '[]'],
    ['broken.json', '{"prompts": ['],
  ])('refuses the prompts file %s with its name', async (name, content) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, name), content);
    const { status, err } = await sake('edit', ...FRANCE, '--prompts', join(folder, name), '--model', model);
    expect(status).toBe(3);
    expect(err).toContain(name);
    expect(err).toMatch(/^error: [^\n]+\n$/);
  });

  it('refuses a model folder that is none, before it makes the library', async () => {
    const library = join(temporaryFolder(), 'edits');
    const { status, err } = await sake('edit', ...FRANCE, '--model', './nowhere', '--library', library);
    expect(status).toBe(3);
    expect(err).toMatch(/expected a model folder, got \.\/nowhere/);
    expect(() => readdirSync(library)).toThrow();
  });

  it('says how many steering contexts the model obeyed where they are too few', async () => {
    const library = join(temporaryFolder(), 'edits');
    const flags = france('--method', 'sake');
    const { status, err } = await sake('edit', ...flags, '--model', model, '--library', library);
    expect(status).toBe(4);
    expect(err).toMatch(/at least 8 steering contexts .* got \d of 12/);
    expect(() => readdirSync(library)).toThrow();
  });

  it('puts an error on stdout as JSON where JSON is wanted, usage errors too', async () => {
    for (const flags of [france('--new', 'Paris'), FRANCE.slice(2)]) {
      const { status, out } = await sake('edit', ...flags, '--model', model, '--json');
      expect(status).toBe(2);
      expect(JSON.parse(out)).toEqual({
        error: { code: expect.any(String), message: expect.any(String), details: expect.any(Object) },
      });
    }
  });
});
