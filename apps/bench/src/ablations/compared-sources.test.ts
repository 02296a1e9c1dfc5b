import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { comparedSources } from './compared-sources.js';

const dev = { split: 'dev' };

describe('comparedSources', () => {
  it('takes what is asked for, else the template source', () => {
    expect(comparedSources(['mapper'], { ...dev, sources: ['a.json'] })).toEqual(['a.json']);
    expect(comparedSources(['mapper', 'count'], dev)).toEqual(['template']);
  });

  it('compares with the hand-written prompts of the repository where none are named', () => {
    const [first, second] = comparedSources(['source'], dev);
    expect(first).toBe('template');
    expect(second).toMatch(/examples\/prompts\/embedded-dev\.json$/);
    expect(existsSync(second!)).toBe(true);
  });

  it.each([
    ['outside the repository', dev, null],
    ['for other records', { ...dev, records: 'mine.json' }, 'expert.json'],
    ['for test records', { split: 'test' }, 'expert.json'],
    ['where one is named', { ...dev, sources: ['template'] }, 'expert.json'],
    ['where one is named twice', { ...dev, sources: ['template', 'template'] }, 'expert.json'],
  ])('refuses to compare one source with nothing, %s', (_, asked, expert) => {
    expect(() => comparedSources(['count', 'source'], asked, expert)).toThrow(
      /two --sources to compare for source, such as template,prompts\.json, got template/,
    );
  });
});
