import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fromRows } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { shiftModule } from '../test/mapper-source.js';
import { temporaryFolder } from '../test/temporary-folder.js';
import { isMapperModule, loadMapperModule } from './mapper-module.js';
import { builtInMappers, loadMapper } from './mappers.js';

/** Six rows a side, enough for five folds. */
const source = fromRows([0, 1, 2, 3, 4, 5].map((i) => [i % 3, (i * i) % 5]));
const target = fromRows([0, 1, 2, 3, 4, 5].map((i) => [2 + (i % 2), (i * 3) % 4]));

/** A module file with this text. */
function moduleOf(text: string, name = 'mine.mjs'): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

describe('loadMapper', () => {
  it.each(Object.keys(builtInMappers))('offers the built-in mapper %s', async (name) => {
    const map = await (await loadMapper(name)).fit({ source, target });
    expect(map.apply(Float32Array.of(1, 1))).toHaveLength(2);
  });

  it('imports a mapper from a module, absolute or from the working directory', async () => {
    const path = moduleOf(shiftModule('shift'));
    for (const name of [path, `./${relative(process.cwd(), path)}`]) {
      const map = await (await loadMapper(name)).fit({ source, target });
      expect([...map.apply(Float32Array.of(1, 2))]).toEqual([1.5, 2.5]);
    }
  });

  it('calls a default export that makes a mapper', async () => {
    const path = moduleOf(`export default async () => ({ kind: 'made', fit: () => undefined });`);
    expect(await loadMapper(path)).toMatchObject({ kind: 'made' });
  });

  it('names what there is for an unknown name', async () => {
    const error = await expectCode(() => loadMapper('bures'), 'unknown-kind');
    expect(error.message).toMatch(
      /bures-wasserstein, .*mean-shift, identity, or a module such as .*got "bures"/,
    );
    await expectCode(() => loadMapper('toString'), 'unknown-kind');
  });
});

describe('loadMapperModule', () => {
  it('says that a module is missing', async () => {
    const error = await expectCode(() => loadMapperModule('./nowhere.mjs'), 'not-found');
    expect(error.message).toContain('nowhere.mjs');
  });

  it.each([
    ['a syntax error', 'export default {', /to run, got/],
    ['a missing import', `import './absent.mjs'; export default {};`, /to run, got: .*absent/],
    ['a module that throws', `throw new Error('boom');`, /to run, got: boom/],
    ['no default export', 'export const mapper = {};', /default export.*got nothing/],
    ['another object', 'export default { fit: () => 0 };', /a mapper \{kind, fit\}.*got \{fit\}/],
    ['a maker that throws', `export default () => { throw new Error('no'); };`, /to make a mapper, got: no/],
    [
      'a loader of another shape',
      `export default { kind: 'a', fit() {} }; export const loader = { kind: 'a' };`,
      /`loader` to be \{kind, version, module, load\}, got \{kind\}/,
    ],
  ])('refuses %s', async (_, text, message) => {
    const path = moduleOf(text);
    const error = await expectCode(() => loadMapperModule(path), 'invalid-file');
    expect(error.message).toMatch(message);
    expect(error.message).toContain(path);
  });
});

describe('isMapperModule', () => {
  it('tells paths of modules from names', () => {
    expect(['./a.mjs', 'b.js', '/c.ts', 'd.cjs'].every(isMapperModule)).toBe(true);
    expect(['mean-shift', 'a.json', './folder'].some(isMapperModule)).toBe(false);
  });
});
