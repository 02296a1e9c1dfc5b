import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { launch, type Browser } from 'puppeteer-core';

/** Chromium on PATH, or undefined. */
export function findChromium(path: string = process.env['PATH'] ?? ''): string | undefined {
  return path
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}

/** A headless Chromium that reaches no network. */
export function openBrowser(executablePath: string): Promise<Browser> {
  return launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND'],
    timeout: 180_000,
    protocolTimeout: 300_000,
  });
}
