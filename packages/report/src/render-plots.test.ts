import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import type { Ablation } from './input/report-input.js';
import { renderPlots } from './render-plots.js';

const measured = (value: number | null): Ablation['points'][number]['metrics'][string] => ({
  value,
  interval: value === null ? null : [value - 0.1, value + 0.1],
  n: value === null ? 0 : 20,
});

const ablation = (title: string, methods: number): Ablation => ({
  ...{ name: 'scaling', title, axis: 'number' },
  points: Array.from({ length: methods }, (_, at) =>
    [1, 10, 1000].map((x) => ({
      ...{ label: `${x} live`, x, series: `m<${at}>` },
      metrics: {
        accuracy: measured(0.2 + at / 40),
        relationSpecificity: measured(0.5),
        empty: measured(null),
      },
    })),
  ).flat(),
});

describe('renderPlots', () => {
  it('draws a panel a metric, with a legend that tells all series apart', () => {
    const svg = renderPlots([ablation('By number', 14)]);
    for (const words of ['By number', 'accuracy', 'relation specificity', 'm&lt;13&gt;'])
      expect(svg).toContain(`>${words}</text>`);
    expect(svg).toContain('no query has a value (n = 0)');
    expect(svg.match(/aria-label="line"/g)).toHaveLength(2 * 14);
    const marks = [
      ...svg.matchAll(/<svg x="[^"]*" y="[^"]*" role="img" aria-label="m&lt;\d+&gt;"[^]*?<\/svg>/g),
    ];
    const drawn = marks.map(([mark]) => mark.slice(mark.indexOf('<g'), mark.indexOf('</svg>')));
    expect(new Set(drawn).size).toBe(14);
  });

  it('has its colours within it, and is as high as what it holds', () => {
    const svg = renderPlots([ablation('One', 2), ablation('Two', 2)]);
    const used = [...svg.matchAll(/var\((--[a-z0-9-]+)\)/g)].map(([, name]) => name!);
    expect(used.length).toBeGreaterThan(0);
    for (const name of used) expect(svg).toMatch(new RegExp(`${name}: #[0-9a-f]{6};`));
    const [, height] = /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="(\d+)"/.exec(svg)!;
    const tops = [...svg.matchAll(/<svg x="[\d.]+" y="(\d+)"[^>]* height="(\d+)"/g)];
    for (const [, top, own] of tops) expect(Number(top) + Number(own)).toBeLessThan(Number(height));
    expect(svg.indexOf('>Two<')).toBeGreaterThan(svg.indexOf('>One<'));
  });

  it('asks for something to draw', async () => {
    await expectCode(() => renderPlots([]), 'invalid-input');
  });
});
