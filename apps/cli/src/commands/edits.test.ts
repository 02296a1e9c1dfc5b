import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyModel } from 'sakejs/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRANCE, JAPAN, sake, temporaryFolder } from '../../test/sake.js';

let folder: string;
let model: string;
/** A library of two edits, and their ids. */
let original: string;
let france: string;
let japan: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sake-cli-edits-'));
  model = await writeTinyModel(join(folder, 'model'));
  original = join(folder, 'edits');
  for (const flags of [FRANCE, JAPAN]) await sake('edit', ...flags, '--model', model, '--library', original);
  [france, japan] = readdirSync(original).map((name) => name.replace('.safetensors', '')) as [string, string];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the library. */
function copied(): string {
  const library = temporaryFolder();
  for (const name of readdirSync(original)) copyFileSync(join(original, name), join(library, name));
  return library;
}

/** A copy whose file of France's edit lost its end. */
function withBrokenFrance(): string {
  const library = copied();
  truncateSync(join(library, `${france}.safetensors`), 900);
  return library;
}

describe('sake edits list', () => {
  it('lists the edits, oldest first', async () => {
    const { status, out, err } = await sake('edits', 'list', '--library', original);
    expect([status, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[2]).toMatch(new RegExp(`^${france} +France +Paris -> Rome +sake-paper`));
    expect(lines[3]).toContain(japan);
  });

  it('lists them as JSON', async () => {
    const { out } = await sake('edits', 'list', '--library', original, '--json');
    expect(JSON.parse(out)).toMatchObject({ edits: [{ id: france }, { id: japan }], broken: [] });
  });

  it('says that a folder holds none', async () => {
    const { status, out } = await sake('edits', 'list', '--library', join(folder, 'nothing'));
    expect([status, out]).toEqual([0, `no edits in ${join(folder, 'nothing')}\n`]);
  });

  it('lists the others beside a truncated file, and reports that on stderr', async () => {
    const library = withBrokenFrance();
    const { status, out, err } = await sake('edits', 'list', '--library', library, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ edits: [{ id: japan }], broken: [{ id: france }] });
    expect(err).toMatch(
      new RegExp(`^warning: .*${france}\\.safetensors is left out: .*truncated[^\\n]*\\n$`),
    );
  });
});

describe('sake edits show', () => {
  it('shows an edit for people, and as JSON', async () => {
    const text = await sake('edits', 'show', france, '--library', original);
    expect(text.out).toMatch(/fact {5}The capital of France is Paris -> Rome/);
    const { out } = await sake('edits', 'show', france, '--library', original, '--json');
    expect(JSON.parse(out)).toMatchObject({ id: france, provenance: { method: 'sake-paper' } });
  });

  it('names the command that lists ids for an unknown one', async () => {
    const { status, err } = await sake('edits', 'show', 'peru-0', '--library', original);
    expect(status).toBe(3);
    expect(err).toMatch(/one of the 2 edits in .* got "peru-0"; sake edits list/);
  });

  it('says why a broken one cannot be read', async () => {
    const { status, err } = await sake('edits', 'show', france, '--library', withBrokenFrance());
    expect(status).toBe(3);
    expect(err).toMatch(/error: edit file .*truncated/);
  });
});

describe('an edit that states its fact in the prompt', () => {
  it('is learned, listed, shown and generated with beside others', async () => {
    const library = copied();
    const peru = FRANCE.map((word) => ({ France: 'Peru', Paris: 'Lima', 'sake-paper': 'icl' })[word] ?? word);
    const learned = await sake('edit', ...peru, '--model', model, '--library', library);
    expect([learned.status, learned.err]).toEqual([0, '']);
    expect(learned.out).toMatch(
      /\n {2}prompt {3}"It is now true that The capital of Peru is Rome\. " in front\n/,
    );
    const worded = await sake(
      ...['edit', ...peru, '--model', model, '--library', temporaryFolder()],
      ...['--set', 'wording=Mind that {statement}. '],
    );
    expect(worded.out).toContain('"Mind that The capital of Peru is Rome. " in front');
    const id = /^peru-[0-9a-f]+/.exec(learned.out)![0];
    const listed = await sake('edits', 'list', '--library', library);
    expect(listed.out).toMatch(new RegExp(`\n${id} +Peru +Lima -> Rome +icl `));
    const shown = await sake('edits', 'show', id, '--library', library, '--json');
    expect(JSON.parse(shown.out)).toMatchObject({
      id,
      kind: 'prompt',
      prefix: 'It is now true that The capital of Peru is Rome. ',
    });
    const said = await sake(
      ...['generate', 'The capital of Peru is', '--library', library, '--model', model],
      ...['--max-tokens', '2', '--json'],
    );
    expect(said.status).toBe(0);
    expect(JSON.parse(said.out)).toMatchObject({
      liveEdits: 3,
      fired: [
        {
          edit: id,
          step: 0,
          read: 'It is now true that The capital of Peru is Rome. The capital of Peru is',
        },
      ],
    });
  });
});

describe('sake edits remove', () => {
  it('removes one and leaves the bytes of the other', async () => {
    const library = copied();
    const before = readFileSync(join(library, `${japan}.safetensors`));
    const { status, out } = await sake('edits', 'remove', france, france, '--library', library);
    expect([status, out]).toEqual([0, `removed ${france}; 1 left\n`]);
    expect(readdirSync(library)).toEqual([`${japan}.safetensors`]);
    expect(readFileSync(join(library, `${japan}.safetensors`)).equals(before)).toBe(true);
  });

  it('removes none when one id is unknown', async () => {
    const library = copied();
    expect((await sake('edits', 'remove', france, 'peru-0', '--library', library)).status).toBe(3);
    expect(readdirSync(library)).toHaveLength(2);
  });

  it('removes a broken file by its id', async () => {
    const library = withBrokenFrance();
    expect((await sake('edits', 'remove', france, '--library', library)).status).toBe(0);
    expect(readdirSync(library)).toEqual([`${japan}.safetensors`]);
  });
});

describe('sake edits export and import', () => {
  it('carry an edit to another library, byte for byte', async () => {
    const library = temporaryFolder();
    const file = join(temporaryFolder(), 'france.edit');
    expect((await sake('edits', 'export', france, file, '--library', original)).status).toBe(0);
    const imported = await sake('edits', 'import', file, '--library', library);
    expect(imported).toMatchObject({ status: 0, out: `imported ${france} into ${library}\n` });
    const name = `${france}.safetensors`;
    expect(readFileSync(join(library, name)).equals(readFileSync(join(original, name)))).toBe(true);
  });

  it('replace nothing unless told to', async () => {
    const library = copied();
    const file = join(temporaryFolder(), 'france.edit');
    await sake('edits', 'export', france, file, '--library', library);
    expect((await sake('edits', 'export', france, file, '--library', library)).status).toBe(2);
    expect((await sake('edits', 'export', france, file, '--library', library, '--replace')).status).toBe(0);
    const again = await sake('edits', 'import', file, '--library', library);
    expect(again).toMatchObject({ status: 2, err: expect.stringMatching(/--replace replaces it/) });
    expect((await sake('edits', 'import', file, '--library', library, '--replace')).status).toBe(0);
  });

  it('take in none when one file is broken, empty or missing', async () => {
    const good = join(original, `${japan}.safetensors`);
    const bad = temporaryFolder();
    copyFileSync(good, join(bad, 'truncated'));
    truncateSync(join(bad, 'truncated'), 900);
    writeFileSync(join(bad, 'empty'), '');
    for (const name of ['truncated', 'empty', 'missing']) {
      const library = temporaryFolder();
      const { status, err } = await sake('edits', 'import', good, join(bad, name), '--library', library);
      expect(status, name).toBe(3);
      expect(err).toMatch(new RegExp(`^error: [^\\n]*${name}[^\\n]*\\n$`));
      expect(readdirSync(library)).toEqual([]);
    }
  });
});
