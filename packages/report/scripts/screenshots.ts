import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SakeError } from '@sakejs/spec';
import { renderReport } from '../src/index.js';
import { fakeReport } from '../test/fake-report.js';
import { findChromium, openTab, type Box } from '../test/tab.js';

/**
 * Pictures of each part of a report of made-up data, at three widths in light and dark:
 * `tsx --conditions=@sakejs/source scripts/screenshots.ts [FOLDER [WIDTHS [THEMES [PARTS]]]]`, lists with commas.
 */
const [folder = 'reports/screenshots', widths = '380,768,1440', themes = 'light,dark', parts] =
  process.argv.slice(2);
const chromium = findChromium();
if (chromium === undefined)
  throw new SakeError(
    'not-found',
    'screenshots: expected chromium on PATH, got none; apt-get install chromium',
  );
mkdirSync(folder, { recursive: true });
const file = resolve(join(folder, 'report.html'));
const html = renderReport(fakeReport());
writeFileSync(file, html);
process.stdout.write(`${file}: ${(html.length / 1e6).toFixed(1)} MB\n`);
const tab = await openTab(chromium);
await tab.resize(1440);
await tab.open(pathToFileURL(file).href);
const boxes = (): Promise<Record<string, Box>> =>
  tab.read(`Object.fromEntries([...document.querySelectorAll('header, main > section')].map((part) => {
    const { x, y, width, height } = part.getBoundingClientRect();
    const box = { x: 0, y: y + scrollY, width: innerWidth, height: Math.min(height, 3000) };
    return [part.id || 'header', box];
  }))`);
for (const width of widths.split(',').map(Number)) {
  await tab.resize(width);
  const wide = await tab.read<number>('document.documentElement.scrollWidth');
  process.stdout.write(`${width} px: content ${wide} px wide\n`);
  for (const theme of themes.split(',') as ('light' | 'dark')[]) {
    await tab.prefer(theme);
    for (const [part, box] of Object.entries(await boxes())) {
      if (parts !== undefined && !parts.split(',').includes(part)) continue;
      const path = join(folder, `${width}-${theme}-${part}.png`);
      writeFileSync(path, await tab.picture(box));
      process.stdout.write(`${path}\n`);
    }
  }
}
process.stdout.write(`complaints: ${JSON.stringify(tab.complaints)}\n`);
await tab.close();
