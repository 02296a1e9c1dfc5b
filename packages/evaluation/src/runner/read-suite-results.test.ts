import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, isSakeError } from '@sakejs/spec';
import { describe, expect, it, onTestFinished } from 'vitest';
import { madeUpResult, single } from '../../test/suite-result.js';
import type { SuiteResult } from './suite-result.js';
import { parseSuiteResults, readSuiteResults } from './read-suite-results.js';

const result = madeUpResult({
  methods: {
    none: { accuracy: single([0, 0, null]), localityKl: [[0], [0], [0]] },
    sake: { accuracy: single([1, 0, null]), localityKl: [[0.25], [1e-9], [3.5]] },
  },
});
const edited = (change: (json: SuiteResult) => void): string => {
  const json = JSON.parse(JSON.stringify(result)) as SuiteResult;
  change(json);
  return JSON.stringify(json);
};

describe('parseSuiteResults', () => {
  it('gives back one result, or several, as they were', () => {
    expect(parseSuiteResults(JSON.stringify(result))).toEqual([result]);
    expect(parseSuiteResults(JSON.stringify([result, result], null, 2))).toEqual([result, result]);
  });

  it('takes results without queries, and queries with everything that is optional', () => {
    const { queries, ...rest } = result;
    expect(parseSuiteResults(JSON.stringify(rest))).toEqual([rest]);
    const first = queries![0]!;
    const full = {
      ...first.outcomes['sake']!,
      edit: 'e1',
      distance: 0.5,
      open: { value: 1 },
      error: 'io: x',
    };
    const all = { ...result, queries: [{ ...first, outcomes: { ...first.outcomes, sake: full } }] };
    expect(parseSuiteResults(JSON.stringify(all))).toEqual([all]);
  });

  it('names file, result and field of what is wrong', () => {
    const text = edited((json) => Object.assign(json.rows[1]!, { learned: 1.5 }));
    expect(() => parseSuiteResults(`[${JSON.stringify(result)}, ${text}]`, 'r.json')).toThrow(
      /r\.json: result 1: rows\.1\.learned: .*expected int/,
    );
  });

  it.each([
    [
      'a field that is not known',
      (json: object) => Object.assign(json, { extra: 1 }),
      /Unrecognized key: "extra"/,
    ],
    ['a field left out', (json: object) => Reflect.deleteProperty(json, 'seed'), /seed: .*expected number/],
    [
      'a column without its values',
      (json: { rows: { metrics: object }[] }) => Reflect.deleteProperty(json.rows[0]!.metrics, 'accuracy'),
      /rows\.0\.metrics: expected a value of column accuracy for method none/,
    ],
    [
      'a query without an outcome of a method',
      (json: { queries: { outcomes: object }[] }) =>
        Reflect.deleteProperty(json.queries[2]!.outcomes, 'sake'),
      /queries\.2\.outcomes: expected an outcome of method sake/,
    ],
    [
      'an interval that runs backwards',
      (json: { rows: { metrics: { accuracy: object } }[] }) =>
        Object.assign(json.rows[0]!.metrics.accuracy, { interval: [1, 0] }),
      /interval: expected an interval \[low, high\]/,
    ],
  ] as [string, (json: object) => void, RegExp][])('refuses %s', (_, change, message) => {
    expect(() => parseSuiteResults(edited(change))).toThrow(message);
  });

  it.each([
    ['', /does not parse/],
    ['[]', /empty array/],
    ['3', /result 0: result: .*expected object/],
    ['{"a":', /does not parse/],
  ])('refuses %j', (text, message) => {
    expect(() => parseSuiteResults(text)).toThrow(message);
  });

  it('ends every mutation of a file in a result or a typed error', () => {
    const text = JSON.stringify(result);
    const random = createRandom('mutations');
    for (let i = 0; i < 200; i++) {
      const at = random.integer(text.length);
      const mutated = text.slice(0, at) + random.pick(['', '0', '"', '}', 'null', '-1']) + text.slice(at + 1);
      try {
        expect(parseSuiteResults(mutated)).toHaveLength(1);
      } catch (error) {
        expect(isSakeError(error)).toBe(true);
      }
    }
  });
});

describe('readSuiteResults', () => {
  it('reads a file, and names one that is not there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sake-results-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'a.json');
    writeFileSync(path, JSON.stringify(result));
    expect(readSuiteResults(path)).toEqual([result]);
    expect(() => readSuiteResults(join(folder, 'b.json'))).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });
});
