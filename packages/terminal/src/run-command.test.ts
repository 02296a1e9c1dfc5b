import { SakeError, throwIfAborted } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { ExitCode } from './exit-code.js';
import { runCommand } from './run-command.js';
import type { Streams } from './streams.js';

const silent: Streams = { stdout: { write: () => true }, stderr: { write: () => true } };

describe('runCommand', () => {
  it('gives the status of what the body did', async () => {
    expect(await runCommand(async () => undefined, { streams: silent })).toBe(ExitCode.ok);
    const failing = async (): Promise<void> => {
      throw new SakeError('not-enough-data', 'too few');
    };
    expect(await runCommand(failing, { streams: silent })).toBe(ExitCode.failed);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('turns %s into an abort', async (name) => {
    const text: string[] = [];
    const status = await runCommand(
      async (signal) => {
        process.emit(name);
        throwIfAborted(signal, 'work');
      },
      { streams: { ...silent, stderr: { write: (part) => text.push(part) } } },
    );
    expect(status).toBe(ExitCode.interrupted);
    expect(text.join('')).toMatch(/^error: interrupted; what was finished before is kept\n$/);
  });

  it('keeps stdout one JSON text where a result stands there before an error', async () => {
    const tell = async (writes: string): Promise<string[]> => {
      const told = ['', ''];
      const streams: Streams = {
        stdout: { write: (text) => (told[0] += text) },
        stderr: { write: (text) => (told[1] += text) },
      };
      await runCommand(
        async (_, { stdout }) => {
          if (writes !== '') stdout.write(writes);
          throw new SakeError('not-enough-data', 'too few');
        },
        { json: true, streams },
      );
      return told;
    };
    expect(await tell('{"rows":[]}')).toEqual(['{"rows":[]}', 'error: too few\n']);
    const [out] = await tell('');
    expect(JSON.parse(out!)).toMatchObject({ error: { code: 'not-enough-data' } });
  });

  it('leaves no listeners behind', async () => {
    const count = (): number[] => [
      process.listenerCount('SIGINT'),
      process.listenerCount('SIGTERM'),
      process.stdout.listenerCount('error'),
    ];
    const before = count();
    await runCommand(async () => undefined, { streams: silent });
    expect(count()).toEqual(before);
  });
});
