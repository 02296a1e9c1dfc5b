import { describe, expect, it } from 'vitest';
import type { Ablation } from '../input/report-input.js';
import { ablationPlot } from './ablation-plot.js';

const measured = (value: number | null): Ablation['points'][number]['metrics'][string] => ({
  value,
  interval: value === null ? null : [value - 0.1, value + 0.1],
  n: value === null ? 0 : 20,
});

const ablation: Ablation = {
  name: 'a',
  title: 'A "title" <b>',
  axis: 'category',
  points: [
    { label: '<script>', series: 's & t', metrics: { accuracy: measured(0.5), empty: measured(null) } },
    { label: 'other', series: 'u', metrics: { accuracy: measured(0.8) } },
  ],
};

describe('ablationPlot', () => {
  it('says every figure in its description', () => {
    expect(ablationPlot(ablation, 'accuracy')!.text).toContain(
      's &amp; t, &lt;script&gt;: 50.0 [40.0 – 60.0], n = 20; u, other: 80.0 [70.0 – 90.0], n = 20',
    );
  });

  it('holds no markup of its data, no script and no colour of its own', () => {
    const { text } = ablationPlot(ablation, 'accuracy')!;
    expect(text).not.toMatch(/<script|<b>|<style/);
    expect(text).toContain('var(--series-2)');
  });

  it('draws a line a series on a number axis', () => {
    const points = ablation.points.flatMap((point) => [
      { ...point, x: 1 },
      { ...point, x: 100 },
    ]);
    const { text } = ablationPlot({ ...ablation, axis: 'number', points }, 'accuracy')!;
    expect(text.match(/aria-label="line"/g)).toHaveLength(2);
  });

  it('draws a series that is called like no colour at all', () => {
    const points = ablation.points.map((point) => ({ ...point, series: 'none', x: 1 }));
    const { text } = ablationPlot({ ...ablation, axis: 'number', points }, 'accuracy')!;
    expect(text).toMatch(/<g fill="var\(--series-1\)" aria-label="dot"><circle/);
  });

  it('is absent where no point has a value', () => {
    expect(ablationPlot(ablation, 'empty')).toBeNull();
  });
});
