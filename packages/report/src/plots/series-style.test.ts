import { describe, expect, it } from 'vitest';
import { seriesStyle } from './series-style.js';

describe('seriesStyle', () => {
  it('tells 64 series apart, by lines and by marks', () => {
    const styles = Array.from({ length: 64 }, (_, at) => seriesStyle(at));
    expect(new Set(styles.map(({ color, symbol }) => `${color} ${symbol}`)).size).toBe(64);
    expect(new Set(styles.map(({ color, dash }) => `${color} ${dash}`)).size).toBe(64);
  });
});
