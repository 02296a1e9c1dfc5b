import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { ResolveOptions } from '../src/index.js';
import { gitFile, lfsFile, startHubServer, type Content, type HubServer } from '../src/testing/hub-server.js';

export const ID = 'owner/name';
export const COMMIT: string = 'c'.repeat(40);
export const TOKEN = 'hf_TokenThatMustNotLeak';

const files: Readonly<Record<string, Content>> = {
  '.gitattributes': gitFile('*.onnx filter=lfs'),
  'README.md': gitFile('# A model'),
  'config.json': gitFile('{"model_type":"gpt2"}'),
  'generation_config.json': gitFile('{}'),
  'tokenizer.json': gitFile('{"version":"1.0"}'),
  'tokenizer_config.json': gitFile('{"tokenizer_class":"GPT2Tokenizer"}'),
  'onnx/model.onnx': lfsFile(300_000, 1),
  'onnx/model_q4.onnx': lfsFile(100_000, 2),
  'onnx/model_q4.onnx_data': lfsFile(500_000, 3),
  'model.safetensors': lfsFile(700_000, 4),
};

/** A repository with more than anyone wants of it, with files added or replaced. */
export function repositoryFiles(more: Readonly<Record<string, Content>> = {}): Record<string, Content> {
  return { ...files, ...more };
}

export interface HubFixture {
  readonly server: HubServer;
  /** A folder of its own for each test. */
  readonly cacheDir: string;
  /** Options that keep the tests to their own server and folder, whatever the environment says. */
  options(more?: ResolveOptions): ResolveOptions;
}

/** A hub with one repository and an empty cache before each test. */
export function hubFixture(): HubFixture {
  const fixture = {} as { server: HubServer; cacheDir: string };
  beforeEach(async () => {
    fixture.server = await startHubServer();
    fixture.server.commit(ID, COMMIT, repositoryFiles());
    fixture.cacheDir = mkdtempSync(join(tmpdir(), 'sakejs-hub-'));
  });
  afterEach(async () => {
    await fixture.server[Symbol.asyncDispose]();
    rmSync(fixture.cacheDir, { recursive: true });
  });
  return Object.assign(fixture, {
    options: (more: ResolveOptions = {}): ResolveOptions => ({
      endpoint: fixture.server.endpoint,
      cacheDir: fixture.cacheDir,
      env: { HF_HOME: fixture.cacheDir },
      backoffMilliseconds: 1,
      ...more,
    }),
  });
}
