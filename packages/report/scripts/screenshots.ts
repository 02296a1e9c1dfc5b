import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SakeError } from '@sakejs/spec';
import { renderReport } from '../src/index.js';
import { findChromium, openBrowser } from '../test/browser.js';
import { fakeReport } from '../test/fake-report.js';

/** Pictures of a report of made-up data: `tsx --conditions=@sakejs/source scripts/screenshots.ts [FOLDER]`. */
const folder = resolve(process.argv[2] ?? 'reports/screenshots');
const chromium = findChromium();
if (chromium === undefined)
  throw new SakeError('not-found', 'screenshots: expected chromium on PATH, got none; apt-get install chromium');
mkdirSync(folder, { recursive: true });
const file = join(folder, 'report.html');
const html = renderReport(fakeReport());
writeFileSync(file, html);
process.stdout.write(`${file}: ${(html.length / 1e6).toFixed(1)} MB\n`);
const browser = await openBrowser(chromium);
const page = await browser.newPage();
for (const theme of ['light', 'dark'] as const) {
  for (const width of [380, 768, 1440]) {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
    await page.setViewport({ width, height: 900 });
    await page.goto(pathToFileURL(file).href, { timeout: 240_000 });
    const path = join(folder, `${width}-${theme}.png`);
    await page.screenshot({ path: path as `${string}.png`, fullPage: true });
    process.stdout.write(`${path}\n`);
  }
}
await browser.close();
