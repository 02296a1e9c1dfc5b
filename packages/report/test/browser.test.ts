import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../src/render-report.js';
import { findChromium, openBrowser } from './browser.js';
import { fakeReport } from './fake-report.js';

const chromium = findChromium();
const PATIENCE = 600_000;

describe.skipIf(chromium === undefined)('a report in Chromium (skipped where none is on PATH)', () => {
  let folder: string;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  /** What an expression gives in the page. */
  const read = <T>(expression: string): Promise<T> => page.evaluate(expression) as Promise<T>;
  const count = (): Promise<string> => read<string>(`document.getElementById('viewer-count').textContent`);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sake-report-'));
    const file = join(folder, 'report.html');
    writeFileSync(file, renderReport(fakeReport()));
    browser = await openBrowser(chromium!);
    page = await browser.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
    });
    page.setDefaultTimeout(PATIENCE);
    await page.goto(pathToFileURL(file).href, { timeout: PATIENCE });
  }, PATIENCE);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }, PATIENCE);

  it(
    'never scrolls sideways, whatever the width',
    async () => {
      for (const width of [380, 768, 1024, 1440]) {
        await page.setViewport({ width, height: 900 });
        const wide = await read<number>('document.documentElement.scrollWidth');
        expect(wide, `at ${width} px`).toBeLessThanOrEqual(width);
      }
    },
    PATIENCE,
  );

  it(
    'has another ground in the dark, and a button that overrules the system',
    async () => {
      const ground = `getComputedStyle(document.body).backgroundColor`;
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
      const light = await read<string>(ground);
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
      const dark = await read<string>(ground);
      expect(dark).not.toBe(light);
      await page.click('#theme');
      expect(await read<string>(ground)).toBe(light);
    },
    PATIENCE,
  );

  it(
    'finds, filters and pages 46,800 answers quickly',
    async () => {
      expect(await count()).toMatch(/^46,800 of 46,800 answers, 1 to 50 shown$/);
      const took = await read<number>(`(() => {
        const search = document.getElementById('viewer-search');
        search.value = 'edit-17 capital';
        const start = performance.now();
        search.dispatchEvent(new Event('input', { bubbles: true }));
        return new Promise((resolve) =>
          requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start))));
      })()`);
      expect(await count()).not.toContain('46,800 of');
      expect(took).toBeLessThan(30_000);
      await page.select('#viewer-method', 'sake');
      await page.select('#viewer-fired', '2');
      await page.waitForFunction(`/another edit/.test(document.querySelector('#viewer-rows')?.textContent ?? '')`);
      expect(await read<number>(`document.querySelectorAll('#viewer-rows .fired:not(.fired-2)').length`)).toBe(0);
      await read(`document.querySelector('#viewer-form button[type=reset]').click()`);
      await page.waitForFunction(`document.getElementById('viewer-count').textContent.startsWith('46,800 of')`);
      await read(`document.getElementById('viewer-next').click()`);
      expect(await count()).toContain('51 to 100 shown');
    },
    PATIENCE,
  );

  it(
    'shows markup in a prompt as text',
    async () => {
      await read(`(() => {
        const search = document.getElementById('viewer-search');
        search.value = '<b>bold</b>';
        search.dispatchEvent(new Event('input', { bubbles: true }));
      })()`);
      await page.waitForFunction(`document.querySelector('#viewer-rows mark')?.textContent === '<b>bold</b>'`);
      expect(await read<number>(`document.querySelectorAll('#viewer-rows img, #viewer-rows td .text b').length`)).toBe(0);
      expect(await page.title()).toBe('FAKE data: how the report looks');
    },
    PATIENCE,
  );

  it(
    'goes to the search with a slash',
    async () => {
      await read(`document.activeElement.blur()`);
      await page.keyboard.press('/');
      expect(await read<string>('document.activeElement.id')).toBe('viewer-search');
    },
    PATIENCE,
  );

  it('asks for nothing and complains of nothing', () => {
    expect(complaints).toEqual([]);
  });
});
