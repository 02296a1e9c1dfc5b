import { createRandom } from '@sakejs/spec';
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

  it('ends before the one that is complete first, the longest of those', () => {
    expect(run(['abcd'], ['bcd', 'c'])).toEqual({ shown: ['ab'], stopped: true });
    expect(run(['abcd'], ['cd', 'bcd', 'd'])).toEqual({ shown: ['a'], stopped: true });
  });

  it('gives the same text whichever way it is cut', () => {
    const random = createRandom('cuts');
    const letters = (most: number): string =>
      Array.from({ length: 1 + random.integer(most) }, () => random.pick(['a', 'b', 'c'])).join('');
    let stopped = 0;
    for (let round = 0; round < 400; round++) {
      const text = letters(30);
      const stop = [letters(4), letters(5), letters(6)];
      const pieces: string[] = [];
      for (let at = 0; at < text.length;) pieces.push(text.slice(at, (at += random.integer(5))));
      const whole = run([text], stop);
      const cut = run(pieces, stop);
      expect([cut.shown.join(''), cut.stopped]).toEqual([whole.shown.join(''), whole.stopped]);
      stopped += Number(cut.stopped);
    }
    expect(stopped).toBeGreaterThan(100);
    expect(stopped).toBeLessThan(400);
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
