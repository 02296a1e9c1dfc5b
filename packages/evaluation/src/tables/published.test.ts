import { describe, expect, it } from 'vitest';
import { accuracy } from '../metrics/accuracy.js';
import { compositionalityI } from '../metrics/compositionality-i.js';
import { compositionalityII } from '../metrics/compositionality-ii.js';
import { generality } from '../metrics/generality.js';
import { relationSpecificity } from '../metrics/relation-specificity.js';
import { specificity } from '../metrics/specificity.js';
import { subjectAliasing } from '../metrics/subject-aliasing.js';
import { doubtWordings } from '../suites/doubt-wordings.js';
import { publishedBeside, publishedFor, publishedTables } from './published.js';

describe('publishedTables', () => {
  it('names metrics as ours are named, with shares in 0..1', () => {
    const metrics = [accuracy, generality, specificity, compositionalityI, compositionalityII, subjectAliasing, relationSpecificity]; // prettier-ignore
    const known = new Set([...metrics, ...doubtWordings].map(({ name }) => name));
    for (const { rows } of publishedTables)
      for (const { values } of rows)
        for (const [metric, value] of Object.entries(values)) {
          expect(known).toContain(metric);
          expect(value).toBeGreaterThan(0);
          expect(value).toBeLessThan(1);
        }
  });

  it('has a source and a model for every table, and names of their own', () => {
    for (const { source, model } of publishedTables)
      expect([source, model].every((text) => text.length > 0)).toBe(true);
    expect(new Set(publishedTables.map(({ name }) => name)).size).toBe(publishedTables.length);
  });
});

describe('publishedBeside', () => {
  it('puts the strongest published prompt below the tables of Popular, and nothing below others', () => {
    expect(publishedBeside('popular').map(({ name }) => name)).toEqual(['popular', 'popular-prompt']);
    expect(publishedBeside('counterfact').map(({ name }) => name)).toEqual(['counterfact']);
    expect(publishedBeside('ablation').map(({ name }) => name)).toEqual(['ablation']);
  });
});

describe('publishedFor', () => {
  it('gives the tables of a suite, ablations aside', () => {
    expect(publishedFor('counterfact').map(({ name }) => name)).toEqual(['counterfact', 'counterfact-llama']);
    expect(publishedFor('doubt').map(({ name }) => name)).toEqual(['doubt']);
    expect(publishedFor('locality')).toEqual([]);
  });
});
