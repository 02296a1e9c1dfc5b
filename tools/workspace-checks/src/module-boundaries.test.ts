import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Rule ids that linting `code` as if it stood at `file` reports. */
async function violations(file: string, code: string): Promise<string[]> {
  const eslint = new ESLint({ cwd: root });
  const [result] = await eslint.lintText(code, { filePath: `${root}/${file}` });
  return result!.messages.map((message) => `${message.ruleId}: ${message.message}`);
}

const boundary = '@nx/enforce-module-boundaries';

describe('module boundaries', () => {
  it.each([
    ['an upward import', 'packages/transport/src/canary.ts', `export * from '@sakejs/editor';\n`],
    ['a sideways import', 'packages/transport/src/canary.ts', `export * from '@sakejs/scope';\n`],
    ['a dependency of the spec', 'packages/spec/src/canary.ts', `export * from '@sakejs/onnx';\n`],
    [
      'a runtime outside activations',
      'packages/editor/src/canary.ts',
      `export { InferenceSession } from 'onnxruntime-node';\n`,
    ],
    [
      'a relative import into another package',
      'packages/scope/src/canary.ts',
      `export * from '../../spec/src/index.js';\n`,
    ],
  ])('refuse %s', { timeout: 60_000 }, async (_, file, code) => {
    expect(await violations(file, code)).toEqual(expect.arrayContaining([expect.stringContaining(boundary)]));
  });

  it('allow what the layers allow', { timeout: 60_000 }, async () => {
    const found = await violations(
      'packages/transport/src/canary.ts',
      `export { SakeError } from '@sakejs/spec';\n`,
    );
    expect(found.filter((text) => text.startsWith(boundary))).toEqual([]);
  });
});
