import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bytesOf, fileOf, flatExample, originalExample, rippleExample } from '../../test/dataset-files.js';
import { parseCounterFact, streamCounterFact, type CounterFactSummary } from './counterfact.js';
import { failureOf } from './dataset-failure.js';
import { readDataset } from './read-dataset.js';
import { streamRippleEdits } from './ripple-edits.js';

const odd = ['{"a":"}]\\"{["}', '{"b":[[1],{"c":"\\\\"}]}', '"text"', '-1.5e3', 'null', '{"d":"né 日本 😀"}'];
const values = odd.map((text) => JSON.parse(text) as unknown);

function read(text: string, size: number): unknown[] {
  const bytes = bytesOf(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  return readDataset(chunks, ({ value }) => value, { fail: failureOf('read', 'f.json') })
    .records as unknown[];
}

describe('readDataset', () => {
  it.each([1, 2, 3, 7, 1000])('cuts records where they end, in parts of %i bytes', (size) => {
    expect(read(` [ ${odd.join(' ,\n')}\n] \n`, size)).toEqual(values);
    expect(read(`\uFEFF[${odd.join(',')}]`, size)).toEqual(values);
    expect(read(`${odd[0]!}\r\n\n${odd[1]!}\n{}`, size)).toEqual([values[0], values[1], {}]);
    expect(read(`\n${odd[5]!}\n`, size)).toEqual([values[5]]);
  });

  it.each<[string, RegExp]>([
    ['', /empty file/],
    [' \n', /empty file/],
    ['[]', /at least one record/],
    ['[1,]', /record 1: .*"]" in its place/],
    ['[,1]', /record 0: .*"," in its place/],
    ['[1 2]', /record 1: .*"2" there/],
    ['[{"a":1}', /record 1: .*ends before the array does/],
    ['[{"a":"', /record 0: .*ends before the array does/],
    ['[{"a":1]]', /record 0: .*does not parse/],
    ['[1]x', /after the array's end/],
    ['[1][2]', /after the array's end/],
    ['[nul]', /record 0: .*does not parse/],
    ['[1,01]', /record 1: .*does not parse/],
    ['{"a":1}\n{"a":', /record 1: .*does not parse/],
    ['case_id,subject\n', /begins with "c"/],
  ])('refuses %j', (text, message) => {
    for (const size of [1, 1000]) {
      expect(() => read(text, size)).toThrow(message);
      expect(() => read(text, size)).toThrow(
        expect.objectContaining({ code: 'invalid-file', message: expect.stringMatching(/^read: f\.json: /) }),
      );
    }
  });

  it('says in which record bytes are not UTF-8', () => {
    const bytes = bytesOf('["é","é","é"]');
    bytes[7] = 0xff;
    expect(() => readDataset([bytes], ({ value }) => value, { fail: failureOf('read', 'f.json') })).toThrow(
      /record 1: expected UTF-8/,
    );
    expect(() =>
      readDataset([bytesOf('["é"').subarray(0, 3)], ({ value }) => value, {
        fail: failureOf('read', 'f.json'),
      }),
    ).toThrow(/record 0: expected UTF-8/);
  });

  it('ends before a string without an end fills the memory', () => {
    const part = bytesOf('x'.repeat(1024 * 1024));
    let given = 0;
    function* endless(): Generator<Uint8Array> {
      yield bytesOf('[{"a":"');
      for (;;) {
        given++;
        yield part;
      }
    }
    expect(() => readDataset(endless(), ({ value }) => value, { fail: failureOf('read', 'f.json') })).toThrow(
      /record 0: expected a record of at most 16777216 characters/,
    );
    expect(given).toBe(16);
  });
});

describe('streamCounterFact', () => {
  it.each(['array', 'lines'] as const)(
    'gives the records that parseCounterFact gives, from %s',
    async (layout) => {
      const records = Array.from({ length: 50 }, (_, id) => ({
        ...flatExample,
        case_id: id,
        note: 'é'.repeat(3000),
      }));
      const bytes = bytesOf(
        layout === 'array'
          ? JSON.stringify(records, null, 1)
          : records.map((record) => JSON.stringify(record)).join('\n'),
      );
      let summary: CounterFactSummary | undefined;
      const streamed = [];
      for await (const record of streamCounterFact(fileOf(bytes), {
        name: 'f',
        limit: 40,
        onEnd: (end) => (summary = end),
      }))
        streamed.push(record);
      expect({ ...summary, records: streamed }).toEqual(parseCounterFact(bytes, { name: 'f', limit: 40 }));
      expect(streamed).toHaveLength(40);
      expect(summary).toMatchObject({
        total: 50,
        format: 'easyedit',
        sha256: createHash('sha256').update(bytes).digest('hex'),
      });
    },
  );

  it('gives the records before the broken one', async () => {
    const given: number[] = [];
    const reading = (async () => {
      for await (const { caseId } of streamCounterFact(fileOf(bytesOf([originalExample, { case_id: 8 }]))))
        given.push(caseId);
    })();
    await expect(reading).rejects.toThrow(/records\.json: record 1 \(case_id 8\): requested_rewrite/);
    expect(given).toEqual([7]);
  });

  it('ends by its signal, and says which file is missing', async () => {
    const next = (path: string, signal: AbortSignal): Promise<unknown> =>
      streamCounterFact(path, { signal }).next();
    const live = new AbortController().signal;
    await expect(next(fileOf(bytesOf([originalExample])), AbortSignal.abort())).rejects.toMatchObject({
      code: 'aborted',
    });
    await expect(next('/nowhere/f.json', live)).rejects.toMatchObject({ code: 'not-found' });
    await expect(next('/', live)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('lets its reader stop early', async () => {
    for await (const record of streamCounterFact(fileOf(bytesOf([originalExample, 7])))) {
      expect(record.caseId).toBe(7);
      break;
    }
  });
});

describe('streamRippleEdits', () => {
  it('gives records with their place in the file', async () => {
    const file = fileOf(bytesOf([rippleExample(), rippleExample()]));
    const places = [];
    for await (const { index } of streamRippleEdits(file)) places.push(index);
    expect(places).toEqual([0, 1]);
  });
});
