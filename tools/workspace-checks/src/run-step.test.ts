import { describe, expect, it } from 'vitest';
import { runStep, StepError } from './run-step.js';

const node = (code: string, seconds = 20): Promise<string> =>
  runStep(process.execPath, ['-e', code], { cwd: process.cwd(), seconds, env: { GREETING: 'hello' } });

describe('runStep', () => {
  it('gives what the command prints', async () => {
    expect(await node('console.error("aside"); console.log(process.env.GREETING)')).toBe('hello\n');
  });

  it('fails with status and output', async () => {
    await expect(node('console.error("why"); process.exit(3)')).rejects.toThrow(/status 3:\nwhy/);
  });

  it('kills what takes too long', async () => {
    await expect(node('setTimeout(() => undefined, 60_000)', 0.5)).rejects.toThrow(StepError);
  });
});
