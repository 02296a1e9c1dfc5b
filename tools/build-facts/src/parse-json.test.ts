import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseJson, parseJsonLines } from './parse-json.js';

const row = z.object({ name: z.string() });

describe('parseJson', () => {
  it('gives the checked value', () => {
    expect(parseJson('{"name": "a"}', 'f.json', row)).toEqual({ name: 'a' });
  });

  it('says where a text is no JSON', () => {
    expect(() => parseJson('{', 'f.json', row)).toThrow(
      expect.objectContaining({ code: 'invalid-file', message: expect.stringContaining('at f.json') }),
    );
  });

  it('names the field that is wrong', () => {
    expect(() => parseJson('{"name": 1}', 'f.json', row)).toThrow(/name/);
  });
});

describe('parseJsonLines', () => {
  it('reads one value a line and skips blank lines', () => {
    expect(parseJsonLines('{"name": "a"}\n\n{"name": "b"}\n', 'f.jsonl', row)).toEqual([
      { name: 'a' },
      { name: 'b' },
    ]);
  });

  it('counts blank lines in the line number of an error', () => {
    expect(() => parseJsonLines('{"name": "a"}\n\n{}\n', 'f.jsonl', row)).toThrow(/at f\.jsonl:3;/);
  });
});
