import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { leaksObject } from './label.js';
import { loadTable, tablesHash } from './load-tables.js';
import { relations } from './relations.js';
import { formatTable } from './table-format.js';

const folder = new URL('../tables/', import.meta.url);
const ids = relations().map(({ id }) => id);
const all = ids.flatMap((id) => loadTable(id));

describe('loadTable', () => {
  it('reads every table of the folder, and each has a relation', () => {
    const files = readdirSync(fileURLToPath(folder));
    expect(files.sort()).toEqual(ids.map((id) => `${id}.tsv`).sort());
  });

  it.each(ids)('finds %s as formatTable writes it: sorted, one object a subject, LF', (id) => {
    const text = readFileSync(new URL(`${id}.tsv`, folder), 'utf8');
    expect(text).not.toMatch(/[\r\ufeff]/);
    expect(formatTable(loadTable(id))).toBe(text);
  });

  it('gives every relation facts, and the large ones hundreds', () => {
    for (const id of ids) expect(loadTable(id).length, id).toBeGreaterThanOrEqual(18);
    for (const id of 'P103 P27 P19 P20 P106 P413 P17 P30 P159 P176 P364 P495 P449 P740 P136 P1412'.split(' '))
      expect(loadTable(id).length, id).toBeGreaterThanOrEqual(800);
    expect(all.length).toBeGreaterThanOrEqual(30_000);
  });

  it('holds subjects of 2 to 60 characters that differ from their objects', () => {
    const wrong = all.filter(({ subject, object }) => {
      const length = [...subject].length;
      return length < 2 || length > 60 || subject.toLowerCase() === object.toLowerCase();
    });
    expect(wrong).toEqual([]);
  });

  it('marks exactly the facts whose subject names the object', () => {
    const wrong = all.filter(({ subject, object, leaks }) => leaksObject(subject, object) !== leaks);
    expect(wrong).toEqual([]);
  });

  it('gives facts that cannot be changed by a caller', () => {
    const [fact] = loadTable('P103');
    expect(() => Object.assign(fact!, { object: 'Latin' })).toThrow(TypeError);
    expect(() => (fact!.sources as string[]).push('trex')).toThrow(TypeError);
  });

  it('refuses an unknown relation', () => {
    expect(() => loadTable('../package')).toThrow(expect.objectContaining({ code: 'not-found' }));
  });
});

describe('tablesHash', () => {
  it('is 64 hexadecimal digits, the same on every call', () => {
    expect(tablesHash()).toMatch(/^[0-9a-f]{64}$/);
    expect(tablesHash()).toBe(tablesHash());
  });
});

describe('README', () => {
  it('counts the facts and relations that are there', () => {
    const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(text).toContain(
      `${all.length.toLocaleString('en-US')} real-world facts over ${ids.length} relations`,
    );
  });
});

describe('NOTICE', () => {
  it('is word for word part of the NOTICE of the repository', () => {
    const own = readFileSync(new URL('../NOTICE', import.meta.url), 'utf8');
    expect(readFileSync(new URL('../../../NOTICE', import.meta.url), 'utf8')).toContain(own);
  });
});
