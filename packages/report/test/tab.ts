import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { SakeError } from '@sakejs/spec';
import { startBrowser } from './devtools-pipe.js';

/** A box on a page, in CSS pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A page in a headless Chromium that reaches no network. */
export interface Tab {
  /** Errors, anything on the console, and requests for anything but files. */
  readonly complaints: readonly string[];
  open(url: string): Promise<void>;
  /** What an expression gives, once it is settled. */
  read<T>(expression: string): Promise<T>;
  resize(width: number, height?: number): Promise<void>;
  prefer(theme: 'light' | 'dark'): Promise<void>;
  press(key: string): Promise<void>;
  picture(box: Box): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Chromium on PATH, or undefined. */
export function findChromium(path: string = process.env['PATH'] ?? ''): string | undefined {
  return path
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-extensions',
  '--hide-scrollbars',
  '--host-resolver-rules=MAP * ~NOTFOUND',
];

/** Starts Chromium with one empty page. */
export async function openTab(executable: string): Promise<Tab> {
  const profile = mkdtempSync(join(tmpdir(), 'sake-chromium-'));
  const browser = startBrowser(executable, [...flags, `--user-data-dir=${profile}`]);
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method: string, params?: object): Promise<Record<string, unknown>> =>
    browser.send(method, params, sessionId as string);
  const complaints: string[] = [];
  let loaded = (): void => undefined;
  browser.onEvent(({ method, params }) => {
    if (method === 'Page.loadEventFired') loaded();
    if (['Runtime.consoleAPICalled', 'Runtime.exceptionThrown', 'Log.entryAdded'].includes(method))
      complaints.push(JSON.stringify(params));
    if (method !== 'Network.requestWillBeSent') return;
    const { url } = params['request'] as { url: string };
    if (!/^(file|data|about):/.test(url)) complaints.push(url);
  });
  for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await send(`${domain}.enable`);
  return {
    complaints,
    async open(url) {
      const done = new Promise<void>((resolve) => (loaded = resolve));
      await send('Page.navigate', { url });
      await done;
    },
    async read<T>(expression: string) {
      const reply = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      if (reply['exceptionDetails'] !== undefined)
        throw new SakeError(
          'unsupported',
          `read: expected a value, got ${JSON.stringify(reply['exceptionDetails'])}`,
        );
      return (reply['result'] as { value: T }).value;
    },
    async resize(width, height = 900) {
      await send('Emulation.setDeviceMetricsOverride', {
        width,
        height,
        deviceScaleFactor: 1,
        mobile: false,
      });
    },
    async prefer(theme) {
      await send('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: theme }],
      });
    },
    async press(key) {
      await send('Input.dispatchKeyEvent', { type: 'keyDown', key, text: key });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', key });
    },
    async picture(box) {
      const { data } = await send('Page.captureScreenshot', {
        clip: { ...box, scale: 1 },
        captureBeyondViewport: true,
      });
      return Buffer.from(data as string, 'base64');
    },
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
