import { createHash } from 'node:crypto';
import { isSakeError } from '@sakejs/spec';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeReport } from '../test/fake-report.js';
import type { ReportInput } from './input/report-input.js';
import { renderReport } from './render-report.js';

/** What is used of a parsed page. */
interface Page {
  querySelectorAll(
    selector: string,
  ): Iterable<{ textContent: string; getAttribute(name: string): string | null }>;
}
const parse = (html: string): Page => parseHTML(html).document as unknown as Page;

describe('renderReport', () => {
  let input: ReportInput;
  let html: string;
  let page: Page;
  const all = (selector: string): { textContent: string; getAttribute(name: string): string | null }[] => [
    ...page.querySelectorAll(selector),
  ];
  beforeAll(() => {
    input = fakeReport(8);
    html = renderReport(input);
    page = parse(html);
  }, 300_000);

  it('has every part that it was given', () => {
    expect(all('main > section').map((section) => section.getAttribute('id'))).toEqual([
      'tables',
      'ablations',
      'tradeoff',
      'activations',
      'queries',
      'environment',
    ]);
  });

  it('leaves out the parts that it was not given', () => {
    page = parse(renderReport({ title: 't', results: [], environment: {} }));
    expect(all('main > section').map((section) => section.getAttribute('id'))).toEqual(['environment']);
    page = parse(html);
  });

  it('refers to nothing outside itself', () => {
    const outside = all('[src], [href]')
      .map((element) => element.getAttribute('src') ?? element.getAttribute('href') ?? '')
      .filter((target) => !target.startsWith('#') && target !== 'data:,');
    expect(outside).toEqual([]);
    expect(html).not.toMatch(/@import|url\(\s*['"]?http/);
    const [policy] = all('meta[http-equiv]').map((meta) => meta.getAttribute('content'));
    expect(policy).toContain("default-src 'none'");
  });

  it('names the very scripts that it runs in its policy', () => {
    const policy = all('meta[http-equiv]')[0]!.getAttribute('content');
    const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text]) => text!);
    expect(scripts).toHaveLength(2);
    for (const text of scripts)
      expect(policy).toContain(`'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  });

  it('gives each plot a description and each table a caption', () => {
    const plots = all('figure svg');
    expect(plots.length).toBe(3 + 3 + 4 + 1 + 3);
    for (const plot of plots) {
      expect(plot.getAttribute('role')).toBe('img');
      expect(plot.getAttribute('aria-label')).not.toBe('');
    }
    expect(all('.results, .plain').length).toBe(all('caption').length);
  });

  it('has value, interval and n in each cell', () => {
    const cells = all('#tables .results tbody:not(.published) td');
    expect(cells.length).toBe(6 * (3 + 4 + 3));
    for (const cell of cells) expect(cell.textContent).toMatch(/\d\s+.*\d – .*\d\s+n \d+/s);
  });

  it('shows text that looks like markup as text', () => {
    const prompt = '</script><script>alert(1)</script><b>x</b>';
    const [result] = input.results;
    const [query] = result!.queries!;
    const nasty = { ...result!, title: prompt, queries: [{ ...query!, prompt }] };
    const made = renderReport({ title: prompt, results: [nasty], environment: { [prompt]: prompt } });
    expect(made).not.toContain('<b>x</b>');
    expect(made.match(/<script/g)).toHaveLength(4 - 1);
    page = parse(made);
    expect(all('h1')[0]!.textContent).toBe(prompt);
    const data = JSON.parse(all('#viewer-data')[0]!.textContent) as { strings: string[] };
    expect(data.strings).toContain(prompt);
    page = parse(html);
  });

  it('says where an input is wrong', () => {
    const broken = {
      ...input,
      ablations: [{ ...input.ablations![1]!, points: [{ label: 'a', series: 's', metrics: {} }] }],
    };
    expect(() => renderReport(broken)).toThrow(
      /renderReport: expected .*ablations\.0\.points: expected an x/,
    );
    let thrown: unknown;
    try {
      renderReport({ title: '', results: [], environment: {} });
    } catch (error) {
      thrown = error;
    }
    expect(isSakeError(thrown) && thrown.code).toBe('invalid-input');
  });

  it('shows a metric without queries as n = 0', () => {
    const [result] = input.results;
    const empty = { ...result!.rows[1]!.metrics['accuracy']!, value: null, n: 0, interval: null };
    const [first] = result!.rows.slice(1);
    const row = { ...first!, metrics: { ...first!.metrics, accuracy: empty } };
    page = parse(renderReport({ title: 't', results: [{ ...result!, rows: [row] }], environment: {} }));
    expect(all('.results td')[0]!.textContent).toContain('n = 0');
    page = parse(html);
  });
});
