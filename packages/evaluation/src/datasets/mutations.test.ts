import { createRandom, isSakeError, type Random } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { bytesOf, flatExample, originalExample, rippleExample } from '../../test/dataset-files.js';
import { parseCounterFact } from './counterfact.js';
import { isCounterfactual, rippleEditsAxes } from './ripple-edits-record.js';
import { parseRippleEdits } from './ripple-edits.js';

const strange = [
  '',
  ' ',
  '{}',
  'Q42',
  '\u0000',
  '\ud800',
  'x'.repeat(1000),
  0,
  -1,
  1e308,
  true,
  null,
  [],
  {},
  [[]],
  [null],
  { str: 7 },
  { prompt: 'a' },
];

/** Flips, cuts, doubles and exchanges bytes. */
function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = random.integer(copy.length);
  const end = Math.min(copy.length, at + 1 + random.integer(40));
  switch (random.integer(5)) {
    case 0:
      copy[at]! ^= 1 << random.integer(8);
      return copy;
    case 1:
      return copy.subarray(0, at);
    case 2:
      return Uint8Array.from([...copy.subarray(0, at), ...copy.subarray(end)]);
    case 3:
      return Uint8Array.from([...copy.subarray(0, end), ...copy.subarray(at)]);
    default:
      copy[at] = random.pick([...new TextEncoder().encode('"\\[]{},:0 \n'), 0x00, 0x80, 0xff]);
      return copy;
  }
}

/** Takes a random value of a JSON tree away, or puts a strange one or another of its values in the place. */
function mutateJson(root: unknown, random: Random): void {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit((node as Record<string, unknown>)[key]);
    }
  };
  visit(root);
  const [node, key] = random.pick(places);
  switch (random.integer(4)) {
    case 0:
      if (Array.isArray(node)) node.splice(Number(key), 1);
      else Reflect.deleteProperty(node, key);
      return;
    case 1:
      if (!Array.isArray(node)) node[`${key}_`] = node[key];
      if (!Array.isArray(node)) Reflect.deleteProperty(node, key);
      return;
    case 2: {
      const [other, otherKey] = random.pick(places);
      node[key] = structuredClone(other[otherKey]);
      return;
    }
    default:
      node[key] = structuredClone(random.pick(strange));
  }
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

/** What every dataset that is read must be, whatever the file. */
function checkCounterFact(bytes: Uint8Array): void {
  const { records, total, sha256, format } = parseCounterFact(bytes, { name: 'm.json' });
  expect(records.length).toBe(total);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(['original', 'easyedit']).toContain(format);
  for (const {
    caseId,
    request,
    paraphrasePrompts,
    neighborhoodPrompts,
    neighborhoodAnswers = [],
  } of records) {
    const { subject, prompt, targetNew, targetTrue } = request;
    const prompts = [...paraphrasePrompts, ...neighborhoodPrompts];
    const sound =
      Number.isInteger(caseId) &&
      [subject, targetNew, targetTrue].every(isText) &&
      prompts.every((text) => typeof text === 'string' && text !== '') &&
      prompt.split('{}').length === 2 &&
      targetNew !== targetTrue &&
      [0, neighborhoodPrompts.length].includes(neighborhoodAnswers.length);
    if (!sound) throw new Error(`unsound record ${JSON.stringify(request)}`);
  }
}

function checkRippleEdits(bytes: Uint8Array): void {
  const { records, total, notes } = parseRippleEdits(bytes, { name: 'm.json' });
  if (records.length < total && notes.every(({ kind }) => kind !== 'dropped'))
    throw new Error('dropped in silence');
  for (const record of records) {
    const { subject, prompt, targetNew } = record.request;
    const tests = rippleEditsAxes.flatMap((axis) => record.tests[axis]);
    const queries = tests.flatMap((test) => [...test.queries, ...test.conditions]);
    const answers = queries.flatMap((query) =>
      query.answers.flatMap(({ value, aliases }) => [value, ...aliases]),
    );
    const sound =
      [subject, targetNew].every(isText) &&
      prompt.split('{}').length === 2 &&
      tests.every((test) => test.queries.some((query) => query.answers.length > 0)) &&
      queries.every((query) => query.prompt !== '' && query.prompt.trimEnd() === query.prompt) &&
      answers.every(isText) &&
      (!isCounterfactual(record) ||
        (isText(record.request.targetTrue) && record.request.targetTrue !== targetNew));
    if (!sound) throw new Error(`unsound record ${JSON.stringify(record.request)}`);
  }
}

const unlabelled = (): unknown => {
  const record = rippleExample();
  for (const field of ['subject_label', 'target_label']) Reflect.deleteProperty(record.edit, field);
  return record;
};

describe('a dataset file with 1,000 seeded mutations', () => {
  it.each<[string, readonly unknown[], (bytes: Uint8Array) => void]>([
    [
      'CounterFact, original',
      [originalExample, { ...originalExample, case_id: 8 }, { ...originalExample, case_id: 9 }],
      checkCounterFact,
    ],
    [
      'CounterFact, flat',
      [flatExample, { ...flatExample, case_id: 8 }, { ...flatExample, case_id: 9 }],
      checkCounterFact,
    ],
    ['RippleEdits', [rippleExample(), rippleExample()], checkRippleEdits],
    ['RippleEdits without labels', [unlabelled(), unlabelled()], checkRippleEdits],
  ])(
    'ends in a clear error or a sound result: %s',
    (format, records, check) => {
      const ends = { read: 0, refused: 0 };
      for (let i = 0; i < 1000; i++) {
        const random = createRandom(`${format}/${i}`);
        const tree = structuredClone(records) as unknown[];
        if (i % 2 === 0) mutateJson(tree, random);
        const lines = random.integer(4) === 0;
        const clean = bytesOf(lines ? tree.map((record) => JSON.stringify(record)).join('\n') : tree);
        try {
          check(i % 2 === 0 ? clean : mutateBytes(clean, random));
          ends.read++;
        } catch (error) {
          ends.refused++;
          if (!isSakeError(error))
            throw new Error(`mutation ${i} of ${format}: ${String(error)}`, { cause: error });
          const { code, message } = error;
          expect([i, code, message]).toEqual([
            i,
            'invalid-file',
            expect.stringMatching(
              /^parse\w+: m\.json: (record \d|expected (at least one record|nothing after|a JSON array))/,
            ),
          ]);
        }
      }
      // Both ends must be reached for the test to mean something.
      expect(ends.read).toBeGreaterThan(100);
      expect(ends.refused).toBeGreaterThan(100);
    },
    120_000,
  );
});
