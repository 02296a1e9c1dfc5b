import { createRandom, type Random } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { scanJson } from './scan-json.js';

function randomJson(random: Random, depth: number): unknown {
  const kind = random.integer(depth > 3 ? 4 : 6);
  if (kind === 0) return random.normal() * 10 ** random.integer(30);
  if (kind === 1) return random.pick([true, false, null]);
  if (kind < 4)
    return random.pick(['', 'a "quoted" \\ text', '\u0007\n\t', 'é 漢 \u{1f600} \u007f', '{"a":[']);
  const values = Array.from({ length: random.integer(4) }, () => randomJson(random, depth + 1));
  return kind === 4 ? values : Object.fromEntries(values.map((value, index) => [`key ${index}`, value]));
}

describe('scanJson', () => {
  it('accepts what JSON.stringify writes and finds every value', () => {
    const random = createRandom('json');
    for (let i = 0; i < 200; i++) {
      const value = randomJson(random, 0);
      const text = JSON.stringify(value, null, random.integer(3));
      const { starts, stoppedAt } = scanJson(text);
      expect(stoppedAt).toBeUndefined();
      expect(starts.get('')).toBe(0);
    }
  });

  it('rejects exactly the damaged texts that JSON.parse rejects', () => {
    const random = createRandom('damage');
    for (let i = 0; i < 500; i++) {
      const text = JSON.stringify(randomJson(random, 0), null, 1);
      const at = random.integer(text.length);
      const damaged =
        text.slice(0, at) + random.pick(['', ',', '"', '}', '0', '\\', '\u0001']) + text.slice(at + 1);
      let valid = true;
      try {
        JSON.parse(damaged);
      } catch {
        valid = false;
      }
      expect(scanJson(damaged).stoppedAt === undefined, damaged).toBe(valid);
    }
  });

  it('gives offsets by path', () => {
    const text = '{"a": [1, {"b": "x"}]}';
    const { starts } = scanJson(text);
    expect(text.slice(starts.get('a/1/b'))).toBe('"x"}]}');
  });
});
