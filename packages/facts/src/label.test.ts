import { describe, expect, it } from 'vitest';
import { compareLabels, hasUnprintable, leaksObject, normalizeLabel } from './label.js';

describe('normalizeLabel', () => {
  it('composes accents', () => {
    expect(normalizeLabel('Bogota\u0301')).toBe('Bogot\u00e1');
  });

  it('makes every run of white space one plain space', () => {
    expect(normalizeLabel(' J.\u00a0R.\u00a0R. \t Tolkien\n')).toBe('J. R. R. Tolkien');
  });
});

describe('hasUnprintable', () => {
  it.each(['a\u0000b', 'a\u200bb', 'a\ufffdb', 'a\ud800b'])('is true of %j', (label) => {
    expect(hasUnprintable(label)).toBe(true);
  });

  it('is false of letters of any script', () => {
    expect(hasUnprintable('Ōsaka 大阪 𐍈')).toBe(false);
  });
});

describe('leaksObject', () => {
  it('finds an object that stands as words, letter case aside', () => {
    expect(leaksObject('Toyota Camry', 'Toyota')).toBe(true);
    expect(leaksObject('University of new york, Albany', 'New York')).toBe(true);
    expect(leaksObject("Ferrari's garage", 'Ferrari')).toBe(true);
  });

  it('ignores an object inside a longer word', () => {
    expect(leaksObject('Romeo', 'Rome')).toBe(false);
    expect(leaksObject('Čeština', 'Češ')).toBe(false);
  });

  it('takes punctuation in the object literally', () => {
    expect(leaksObject('Back in AC/DC times', 'AC/DC')).toBe(true);
    expect(leaksObject('Saint-Denis Basilica', 'Saint-Denis')).toBe(true);
    expect(leaksObject('Washington DxC', 'Washington D.C')).toBe(false);
  });
});

describe('compareLabels', () => {
  it('orders by code unit, not by locale', () => {
    expect(['é', 'a', 'Z'].sort(compareLabels)).toEqual(['Z', 'a', 'é']);
  });
});
