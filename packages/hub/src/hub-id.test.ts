import { describe, expect, it } from 'vitest';
import { isCommit, isHubId, parseHubId } from './hub-id.js';

const commit = 'a'.repeat(40);
const paths = [
  '',
  '.',
  '..',
  '../x',
  './x/y',
  '/etc/passwd',
  'a/../b',
  'a/..',
  'owner/.hidden',
  'a/b/c',
  'a\\b',
  'C:/models',
  'C:\\models',
  '~/models',
  'owner/',
  '/name',
  'owner//name',
  'owner/na me',
  'owner/name\0',
  'owner/na--me',
  'owner/name.git',
  'https://huggingface.co/owner/name',
  `owner/${'n'.repeat(97)}`,
];

describe('parseHubId', () => {
  it('takes owner, name and revision apart', () => {
    expect(parseHubId('owner/name')).toEqual({ id: 'owner/name', revision: 'main' });
    expect(parseHubId('owner/name', 'v1')).toEqual({ id: 'owner/name', revision: 'v1' });
    expect(parseHubId(`o_1/n.a-m_e@${commit}`)).toEqual({ id: 'o_1/n.a-m_e', revision: commit });
    expect(parseHubId('owner/name@refs/pr/1')).toEqual({ id: 'owner/name', revision: 'refs/pr/1' });
    expect(parseHubId('owner/name@v1', 'v1').revision).toBe('v1');
    expect(parseHubId('gpt2').id).toBe('gpt2');
  });

  it.each(paths)('refuses %j', (text) => {
    expect(() => parseHubId(text)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
  });

  it.each(['', '../x', 'a/../b', '/main', 'main/', 'a//b', '.git', 'a\\b', 'a b', 'x.lock', '@', 'a\nb'])(
    'refuses the revision %j',
    (revision) => {
      expect(() => parseHubId(`owner/name@${revision}`)).toThrow(
        expect.objectContaining({ code: 'invalid-input' }),
      );
      expect(() => parseHubId('owner/name', revision)).toThrow(
        expect.objectContaining({ code: 'invalid-input' }),
      );
    },
  );

  it('refuses two revisions that differ', () => {
    expect(() => parseHubId('owner/name@v1', 'v2')).toThrow(/v1 in the id and v2/);
  });
});

describe('isHubId', () => {
  it('knows ids with an owner', () => {
    for (const id of ['owner/name', 'owner/name@v1', `a/b@${commit}`, 'a/b@refs/pr/1'])
      expect(isHubId(id), id).toBe(true);
  });

  it('leaves bare names and paths to the file system', () => {
    for (const text of ['gpt2', 'embedded', 'owner/name@..', ...paths])
      expect(isHubId(text), text).toBe(false);
  });
});

describe('isCommit', () => {
  it('knows whole hashes only', () => {
    expect([commit, 'main', 'a'.repeat(39), 'A'.repeat(40)].map(isCommit)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});
