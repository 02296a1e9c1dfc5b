import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../src/render-report.js';
import { faintTexts, type FaintText } from './contrast.js';
import { fakeReport } from './fake-report.js';
import { findChromium, openTab, type Tab } from './tab.js';

const chromium = findChromium();
const PATIENCE = 240_000;

/** Set where a browser is known to be: then a check that finds none has failed. */
const REQUIRED = 'SAKEJS_REQUIRE_CHROMIUM';
const mayGoUnseen = chromium === undefined && !process.env[REQUIRED];

describe.skipIf(mayGoUnseen)('a report in Chromium (skipped where none is on PATH)', () => {
  let folder: string;
  let tab: Tab;
  const count = (): Promise<string> => tab.read(`document.getElementById('viewer-count').textContent`);
  /** Waits until an expression is true, frame by frame. */
  const until = (expression: string): Promise<void> =>
    tab.read(`new Promise((resolve) => {
      const look = () => ((${expression}) ? resolve() : requestAnimationFrame(look));
      look();
    })`);
  const enter = (id: string, value: string): Promise<void> =>
    tab.read(`(() => {
      const field = document.getElementById(${JSON.stringify(id)});
      field.value = ${JSON.stringify(value)};
      field.dispatchEvent(new Event('input', { bubbles: true }));
    })()`);

  beforeAll(async () => {
    expect(chromium, `expected chromium on PATH, as ${REQUIRED} is set`).toBeDefined();
    folder = mkdtempSync(join(tmpdir(), 'sake-report-'));
    const file = join(folder, 'report.html');
    writeFileSync(file, renderReport(fakeReport()));
    tab = await openTab(chromium!);
    await tab.resize(1440);
    await tab.open(pathToFileURL(file).href);
  }, PATIENCE);
  afterAll(async () => {
    if (chromium === undefined) return;
    await tab.close();
    rmSync(folder, { recursive: true, force: true });
  }, PATIENCE);

  describe.each(['light', 'dark'] as const)('in the %s', (theme) => {
    beforeAll(async () => {
      await tab.prefer(theme);
      await tab.read(`document.querySelectorAll('details').forEach((each) => (each.open = true))`);
    }, PATIENCE);

    it.each([380, 768, 1024, 1440])(
      'never scrolls sideways and is readable at %i px, all of it unfolded',
      async (width) => {
        await tab.resize(width);
        expect(await tab.read<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        const { seen, faint } = await tab.read<{ seen: number; faint: FaintText[] }>(faintTexts);
        expect(seen).toBeGreaterThan(500);
        expect(faint).toEqual([]);
      },
      PATIENCE,
    );
  });

  it(
    'would be told of text that is hard to read',
    async () => {
      await tab.read(
        `document.querySelector('h1').style.color = getComputedStyle(document.body).backgroundColor`,
      );
      const { faint } = await tab.read<{ faint: FaintText[] }>(faintTexts);
      expect(faint.map(({ element }) => element)).toEqual(['h1']);
      await tab.read(`document.querySelector('h1').style.color = ''`);
    },
    PATIENCE,
  );

  it(
    'has another ground in the dark, and a button that overrules the system',
    async () => {
      const ground = `getComputedStyle(document.body).backgroundColor`;
      await tab.prefer('light');
      const light = await tab.read<string>(ground);
      await tab.prefer('dark');
      const dark = await tab.read<string>(ground);
      expect(dark).not.toBe(light);
      await tab.read(`document.getElementById('theme').click()`);
      expect(await tab.read<string>(ground)).toBe(light);
    },
    PATIENCE,
  );

  it(
    'finds, filters and pages 46,800 answers quickly',
    async () => {
      expect(await count()).toMatch(/^46,800 of 46,800 answers, 1 to 50 shown$/);
      const took = await tab.read<number>(`(async () => {
        const search = document.getElementById('viewer-search');
        const start = performance.now();
        search.value = 'edit-17 capital';
        search.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        return performance.now() - start;
      })()`);
      expect(await count()).not.toContain('46,800 of');
      // Tens of milliseconds on an idle machine; the bound only catches what grows with the square of the rows.
      expect(took).toBeLessThan(30_000);
      await enter('viewer-method', 'sake');
      await enter('viewer-fired', '2');
      await until(`(() => {
        const fired = [...document.querySelectorAll('#viewer-rows .fired')];
        return fired.length > 0 && fired.every((each) => each.classList.contains('fired-2'));
      })()`);
      expect(await count()).toMatch(/^\d{1,3} of 46,800 answers/);
      await tab.read(`document.querySelector('#viewer-form button[type=reset]').click()`);
      await until(`document.getElementById('viewer-count').textContent.startsWith('46,800 of')`);
      await tab.read(`document.getElementById('viewer-next').click()`);
      expect(await count()).toContain('51 to 100 shown');
    },
    PATIENCE,
  );

  it(
    'shows markup in a prompt as text',
    async () => {
      await enter('viewer-search', '<b>bold</b>');
      await until(`document.querySelector('#viewer-rows mark')?.textContent === '<b>bold</b>'`);
      expect(
        await tab.read<number>(
          `document.querySelectorAll('#viewer-rows img, #viewer-rows td .text b').length`,
        ),
      ).toBe(0);
      expect(await tab.read('document.title')).toBe('FAKE data: how the report looks');
    },
    PATIENCE,
  );

  it(
    'goes to the search with a slash',
    async () => {
      await tab.read(`document.activeElement.blur()`);
      await tab.press('/');
      expect(await tab.read<string>('document.activeElement.id')).toBe('viewer-search');
    },
    PATIENCE,
  );

  it('asks for nothing and complains of nothing', () => {
    expect(tab.complaints).toEqual([]);
  });
});
