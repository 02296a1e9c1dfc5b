import { describe, expect, it } from 'vitest';
import { formatFigures, formatInterval, formatValue, metricLabel } from './format-value.js';

describe('formatValue', () => {
  it('gives shares in percent, other units in three decimals and an empty mean as n = 0', () => {
    expect([formatValue(0.9765), formatValue(0.01234, 'nats'), formatValue(null)]).toEqual([
      '97.7',
      '0.012',
      'n = 0',
    ]);
  });
});

describe('formatInterval', () => {
  it('gives both ends in the unit', () => {
    expect(formatInterval([0.5, 1])).toBe('50.0 – 100.0');
  });
});

describe('formatFigures', () => {
  it('shortens without losing size', () => {
    expect([0, 1234567, 1234.5, 12.345, 0.00001].map(formatFigures)).toEqual([
      '0',
      '1.23e+6',
      '1235',
      '12.3',
      '1.00e-5',
    ]);
  });
});

describe('metricLabel', () => {
  it('spells names as words', () => {
    expect(['relationSpecificity', 'compositionalityII', 'accuracy'].map(metricLabel)).toEqual([
      'relation specificity',
      'compositionality II',
      'accuracy',
    ]);
  });
});
