import { describe, expect, it } from 'vitest';
import { createStopFilter } from './stop-strings.js';

function run(pieces: readonly string[], stop: readonly string[]): { shown: string[]; stopped: boolean } {
  const filter = createStopFilter(stop);
  const shown: string[] = [];
  for (const [step, text] of pieces.entries()) {
    if (filter.stopped) break;
    shown.push(...filter.push({ token: step, text, logProbability: -1, step }).map((token) => token.text));
  }
  if (!filter.stopped) shown.push(...filter.flush().map((token) => token.text));
  return { shown, stopped: filter.stopped };
}

describe('createStopFilter', () => {
  it('passes everything on at once when nothing is to stop it', () => {
    const filter = createStopFilter([]);
    expect(filter.push({ token: 1, text: 'a', logProbability: 0, step: 0 })).toHaveLength(1);
  });

  it('ends before a stop string that spans tokens', () => {
    expect(run(['one', ' tw', 'o th', 'ree'], ['two'])).toEqual({ shown: ['one', ' '], stopped: true });
  });

  it('ends before the first of several', () => {
    expect(run(['a b c d'], ['d', 'b'])).toEqual({ shown: ['a '], stopped: true });
  });

  it('shows held text when it turns out to be no stop string', () => {
    expect(run(['x\n', '\r', 'y'], ['\n\n'])).toEqual({ shown: ['x\n', '\r', 'y'], stopped: false });
  });

  it('shows held text at the end', () => {
    expect(run(['x\n'], ['\n\n'])).toEqual({ shown: ['x\n'], stopped: false });
  });

  it('shows nothing when the text begins with the stop string', () => {
    expect(run(['.', 'x'], ['.'])).toEqual({ shown: [], stopped: true });
  });

  it('keeps tokens without text in their place', () => {
    expect(run(['a', '', 'é', '.'], ['.'])).toEqual({ shown: ['a', '', 'é'], stopped: true });
  });
});
