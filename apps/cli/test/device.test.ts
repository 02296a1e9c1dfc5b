import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyModel } from 'sakejs/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { sake } from './sake.js';

interface Settings {
  readonly executionProviders: readonly string[];
}
type Create = (model: Uint8Array, settings: Settings) => Promise<unknown>;

/** Devices that ONNX Runtime was asked for, a list a session. */
const asked = vi.hoisted((): (readonly string[])[] => []);

// As a runtime with every device would; here the CPU does the work.
vi.mock('onnxruntime-node', async (original) => {
  const runtime = await original<{ InferenceSession: { create: Create } }>();
  const create: Create = (model, settings) => {
    asked.push(settings.executionProviders);
    return runtime.InferenceSession.create(model, { ...settings, executionProviders: ['cpu'] });
  };
  return { ...runtime, InferenceSession: { create } };
});

let model: string;
beforeAll(async () => {
  model = await writeTinyModel(mkdtempSync(join(tmpdir(), 'sake-cli-device-')));
});
afterAll(() => rmSync(model, { recursive: true, force: true }));
beforeEach(() => void asked.splice(0));

describe.each([
  ['cuda', ['--device', 'cuda']],
  ['coreml', ['--device', 'coreml']],
  ['dml', ['--device', 'dml']],
  ['cpu', []],
])('sake on %s', (device, flags) => {
  it('generates there, and says so', async () => {
    const { status, out } = await sake(
      ...['generate', 'The sea', '--plain', '--model', model, '--max-tokens', '2', '--json', ...flags],
    );
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ model: { runtime: { device } } });
    expect(asked).toEqual([[device], [device]]); // Body and head.
  });

  it('inspects there, and says so', async () => {
    const { status, out } = await sake('inspect', model, '--json', ...flags);
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ device, steerable: true });
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked.flat())).toEqual(new Set([device]));
    expect((await sake('inspect', model, ...flags)).out).toMatch(new RegExp(`^device +${device}$`, 'm'));
  });
});
