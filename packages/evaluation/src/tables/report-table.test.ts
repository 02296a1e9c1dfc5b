import { describe, expect, it } from 'vitest';
import { cellParts, columnN, tableNumber, type ReportColumn } from './report-table.js';

const column = (least: number, most: number): ReportColumn => ({
  name: 'accuracy',
  higherIsBetter: true,
  unit: 'share',
  n: { least, most },
});

describe('tableNumber', () => {
  it.each([
    [0.9, '90.0'],
    [0.8485, '84.9'],
    [0.9955, '99.6'],
    [1, '100.0'],
    [0, '0.0'],
    [-0.0001, '0.0'],
  ])('writes a share of %d as %s per cent', (value, text) => {
    // prettier-ignore
    expect(tableNumber(value, 'share')).toBe(text);
  });

  it('writes other units with three decimals, or in powers of ten', () => {
    expect([1.23456, 0, 0.000123].map((value) => tableNumber(value, 'nats'))).toEqual([
      '1.235',
      '0.000',
      '1.2e-4',
    ]);
  });
});

describe('cellParts', () => {
  it('gives n where rows differ in it, and says where it is 0', () => {
    const cell = { value: 0.5, interval: [0.4, 0.6] as const, n: 8, best: false };
    expect(cellParts(cell, column(8, 8))).toEqual({ value: '50.0', interval: '[40.0, 60.0]' });
    expect(cellParts(cell, column(4, 8))).toEqual({ value: '50.0', interval: '[40.0, 60.0]', n: 'n = 8' });
    expect(cellParts({ value: null, interval: null, n: 0, best: false }, column(0, 8))).toEqual({
      value: 'n = 0',
    });
  });
});

describe('columnN', () => {
  it('gives one number or the range', () => {
    expect([columnN(column(8, 8)), columnN(column(0, 8))]).toEqual(['n = 8', 'n = 0 to 8']);
  });
});
