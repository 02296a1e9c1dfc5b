import type { TraceResult } from '@sakejs/evaluation';
import { isSakeError } from '@sakejs/spec';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeTrace } from '../test/fake-trace.js';
import { renderTrace } from './render-trace.js';

/** What is used of a parsed page. */
interface Element {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<Element>;
}

describe('renderTrace', () => {
  let result: TraceResult;
  let html: string;
  let page: Element;
  const within = (element: Element, selector: string): Element[] => [...element.querySelectorAll(selector)];
  const figure = (section: string, caption: string): Element =>
    within(page, `#${section} figure`).find((one) => within(one, 'figcaption')[0]!.textContent === caption)!;

  beforeAll(() => {
    result = fakeTrace({ facts: 3, layers: 4 });
    html = renderTrace(result, { facts: 2, environment: { node: 'v20' } });
    page = parseHTML(html).document as unknown as Element;
  });

  it('has a panel for each kind of state, a cell for each group and block', () => {
    for (const caption of ['hidden state', 'MLP output, 2 blocks', 'attention output, 2 blocks']) {
      const [map, scale] = within(figure('averages', caption), 'svg');
      expect(within(map!, 'rect title')).toHaveLength(4 * 4);
      expect(within(scale!, 'rect')).toHaveLength(13);
    }
  });

  it('says the figure of every cell, its interval and its facts', () => {
    const [map] = within(figure('averages', 'MLP output, 2 blocks'), 'svg');
    const titles = within(map!, 'rect title').map(({ textContent }) => textContent);
    const mlp = result.averages.find(
      ({ kind, group, layer }) => kind === 'mlp' && group === 'subjectLast' && layer === 1,
    )!;
    const [low, high] = mlp.interval!.map((value) => (100 * value).toFixed(1));
    expect(titles).toContain(
      `last of the subject, block 1: ${(100 * mlp.value).toFixed(1)} [${low} – ${high}], n 3`,
    );
    expect(map!.getAttribute('aria-label')).toMatch(/the largest is .* block \d$/);
  });

  it('shades by size, in full where the effect is largest, in the theme’s own colours', () => {
    for (const caption of ['hidden state', 'MLP output, 2 blocks', 'attention output, 2 blocks']) {
      const [map] = within(figure('averages', caption), 'svg');
      const opacities = within(map!, 'rect[fill-opacity]').map((rect) =>
        Number(rect.getAttribute('fill-opacity')),
      );
      expect(Math.max(...opacities)).toBe(1);
      expect(Math.min(...opacities)).toBeLessThan(0.5);
    }
    const [map] = within(figure('averages', 'hidden state'), 'svg');
    const fills = within(map!, 'g[fill]').map((group) => group.getAttribute('fill'));
    expect(fills).toEqual(expect.arrayContaining(['var(--series-1)', 'var(--series-2)']));
    expect(html).not.toMatch(/fill="#|fill="rgb/);
  });

  it('shows single facts by token, the subject marked, as many as it is told to', () => {
    const cards = within(page, '#facts article');
    expect(cards).toHaveLength(2);
    expect(within(cards[0]!, 'h3')[0]!.textContent).toBe('The <capital> of A & B is → Paris');
    const [map] = within(cards[0]!, 'svg');
    const titles = within(map!, 'rect title').map(({ textContent }) => textContent);
    expect(titles).toHaveLength(result.facts[0]!.tokens.length * 4);
    expect(titles.some((title) => title.startsWith('A *, block 0'))).toBe(true);
    expect(within(page, '#facts')[0]!.textContent).toContain('The first 2 of 3 facts.');
    expect(
      within(parseHTML(renderTrace(result, { facts: 0 })).document as unknown as Element, '#facts'),
    ).toEqual([]);
  });

  it('is a well-formed page that fetches nothing and holds no markup of its data', () => {
    expect(html).toMatch(/^<!doctype html>/);
    // Drawings are XML: every element is closed.
    for (const [svg] of html.matchAll(/<svg[^]*?<\/svg>/g)) {
      const open: string[] = [];
      for (const [tag, slash, name, , selfClosed] of svg.matchAll(
        /<(\/?)([a-z]+)((?:"[^"]*"|[^">])*?)(\/?)>/gi,
      )) {
        if (slash === '/') expect(open.pop(), tag).toBe(name);
        else if (selfClosed !== '/') open.push(name!);
      }
      expect(open).toEqual([]);
    }
    expect(html).not.toMatch(/<capital>|(?:src|href)="https?:/);
    expect(within(page, 'script')).toHaveLength(2);
  });

  it('names the block for ROME, and what the trace was made with', () => {
    expect(within(page, '#averages')[0]!.textContent).toMatch(/restore most at block \d: /);
    expect(within(page, '#environment')[0]!.textContent).toContain(result.model.sha256);
    const without = renderTrace({ ...result, suggestion: null });
    expect(without).not.toContain('restore most');
  });

  it('refuses what it cannot show', () => {
    const refusing = (act: () => unknown, code: string): void => {
      try {
        act();
        expect.unreachable();
      } catch (error) {
        expect(isSakeError(error) && error.code).toBe(code);
      }
    };
    refusing(() => renderTrace({ ...result, facts: [] }), 'invalid-input');
    refusing(() => renderTrace(result, { facts: -1 }), 'invalid-option');
  });
});
