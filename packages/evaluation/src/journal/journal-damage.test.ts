import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, isSakeError, type Json, type SakeError } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSum, encodeLine, sumDigits } from './journal-line.js';
import { canonicalJson } from './canonical-json.js';
import { openJournal, type Journal } from './journal.js';
import { readLine, scanJournal } from './scan-journal.js';
import type { ByteSource } from './scan-lines.js';

const identity = { model: 'm' };
const units: readonly (readonly [string, Json])[] = [
  ['a', { text: 'Zürich' }],
  ['b', [1, 2.5]],
  ['c', 'end'],
];
let root: string;
let file: string;
/** The journal of all units, and where each of its lines ends. */
let whole: Buffer;
let ends: number[];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-damage-'));
  file = join(root, 'journal.jsonl');
  await using journal = await openJournal(root, { identity });
  for (const [key, value] of units) await journal.put(key, value);
  whole = await readFile(file);
  ends = [...whole.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1);
});
beforeEach(() => writeFile(file, whole));
afterAll(() => rm(root, { recursive: true }));

const open = (repair = false): Promise<Journal> => openJournal(root, { identity, repair });
const lines = (): Buffer[] => ends.map((end, at) => whole.subarray(ends[at - 1] ?? 0, end));
const contentOf = (journal: Journal): [string, Json][] =>
  [...journal.keys()].map((key) => [key, journal.get(key)!]);

function flipped(bit: number): Buffer {
  const bytes = Buffer.from(whole);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return bytes;
}

const inMemory = (bytes: Buffer): ByteSource => ({
  read: async (buffer, offset, length, position) => ({
    bytesRead: position >= bytes.length ? 0 : bytes.copy(buffer, offset, position, position + length),
  }),
});

/** Whether a damaged journal is refused, or gives right units only and says that something is lost. */
async function isToldOrRight(bytes: Buffer): Promise<boolean> {
  let content;
  try {
    content = await scanJournal(inMemory(bytes), 'journal.jsonl');
  } catch (error) {
    return isSakeError(error) && error.code === 'invalid-file';
  }
  const { header, index, torn } = content;
  const lost = index.size < units.length || header === undefined;
  if (lost && content.damaged.length === 0 && torn === undefined) return false;
  for (const [key, place] of index) {
    const value = (await readLine(inMemory(bytes), place, 'journal.jsonl'))?.value;
    if (value !== canonicalJson(new Map(units).get(key)!)) return false;
  }
  return true;
}

describe('a journal cut at any byte', () => {
  /** What is left of units and of a torn line when so many bytes are. */
  const left = (length: number): { kept: number; torn: number } => {
    const complete = ends.filter((end) => end <= length);
    return { kept: Math.max(0, complete.length - 1), torn: length - (complete.at(-1) ?? 0) };
  };

  it('has its complete units and nothing else, whichever byte it is', { timeout: 600_000 }, async () => {
    for (let length = 0; length <= whole.length; length++) {
      const source = inMemory(whole.subarray(0, length));
      const content = await scanJournal(source, 'journal.jsonl');
      const { kept, torn } = left(length);
      expect([...content.index.keys()]).toEqual(units.slice(0, kept).map(([key]) => key));
      expect(content).toMatchObject({ end: length - torn, damaged: [] });
      expect(content.torn === undefined).toBe(torn === 0);
    }
  });

  it(
    'opens, tells how many bytes it cut, and is finished to the same bytes',
    { timeout: 600_000 },
    async () => {
      const lengths = new Set(ends.flatMap((end) => [end - 1, end, end + 1, end + 60]));
      for (const length of [0, 1, 30, ...lengths].filter((each) => each <= whole.length)) {
        await writeFile(file, whole.subarray(0, length));
        await using journal = await open();
        const { kept, torn } = left(length);
        expect(contentOf(journal)).toEqual(units.slice(0, kept));
        expect(journal.repaired).toEqual(
          torn === 0 ? undefined : { truncatedBytes: torn, damaged: [], kept },
        );
        for (const [key, value] of units) await journal.put(key, value);
        expect(await readFile(file)).toEqual(whole);
      }
    },
  );
});

describe('a journal with a flipped bit', () => {
  it('never gives a wrong value, whichever bit it is', { timeout: 600_000 }, async () => {
    const wrong: number[] = [];
    for (let bit = 0; bit < whole.length * 8; bit++)
      if (!(await isToldOrRight(flipped(bit)))) wrong.push(bit);
    expect(wrong).toEqual([]);
  });

  it(
    'is refused with line, byte and remedy, or loses its end; repaired, it is finished to the same content',
    { timeout: 600_000 },
    async () => {
      const random = createRandom('bits');
      const endOfLast = ends.at(-2)!;
      for (let at = 0; at < whole.length; at += 23) {
        await writeFile(file, flipped(at * 8 + random.integer(8)));
        let refusal: SakeError | undefined;
        let journal: Journal;
        try {
          journal = await open();
        } catch (error) {
          refusal = error as SakeError;
          expect(refusal.code).toBe('invalid-file');
          expect(refusal.message).toContain(file);
          expect(refusal.message).toMatch(/line \d+ \(byte \d+\)/);
          expect(refusal.message).toContain('move the file away');
          try {
            journal = await open(true);
          } catch (error) {
            // The first bytes tell that it is a journal; the header's newline took the first unit with it.
            expect(at < 8 || at === ends[0]! - 1).toBe(true);
            expect((error as SakeError).code).toBe('invalid-file');
            continue;
          }
        }
        if (at >= endOfLast && at < whole.length - 1)
          expect(journal.size).toBeGreaterThanOrEqual(units.length - 1);
        expect(journal.repaired).toBeDefined();
        for (const [key, value] of contentOf(journal)) expect(value).toEqual(new Map(units).get(key));
        for (const [key, value] of units) await journal.put(key, value);
        await journal.close();
        await using again = await open();
        expect(again.repaired).toBeUndefined();
        expect(new Map(contentOf(again))).toEqual(new Map(units));
      }
    },
  );
});

describe('a journal with damage in the middle', () => {
  const refusal = async (bytes: readonly Buffer[]): Promise<SakeError> => {
    await writeFile(file, Buffer.concat(bytes));
    return (await expectCode(() => open(), 'invalid-file')) as SakeError;
  };

  it('is refused and left as it is, then repaired to the units of whole lines when asked to', async () => {
    const [header, a, b, c] = lines();
    const bytes = [header!, a!, Buffer.from(b!), c!];
    bytes[2]!.write('?', bytes[2]!.length - 4);
    const error = await refusal(bytes);
    expect(error.details).toEqual({ file, line: 3, offset: ends[1] });
    expect(error.message).toContain('repair: true');
    expect(await readFile(file)).toEqual(Buffer.concat(bytes));
    await using journal = await open(true);
    expect(contentOf(journal)).toEqual([units[0], units[2]]);
    expect(journal.repaired).toMatchObject({ kept: 2, damaged: [{ line: 3, offset: ends[1] }] });
    await journal.put(...units[1]!);
    await journal.close();
    await using again = await open();
    expect(again.repaired).toBeUndefined();
    expect(new Map(contentOf(again))).toEqual(new Map(units));
    expect((await readdir(root)).sort()).toEqual(['journal.jsonl', 'journal.lock']);
  });

  it('tells missing, repeated, reordered and foreign lines', async () => {
    const [header, a, b, c] = lines();
    expect((await refusal([header!, b!, c!])).message).toContain('1 before it are missing');
    expect((await refusal([header!, a!, a!, b!])).message).toContain('once more');
    expect((await refusal([header!, b!, a!, c!])).message).toContain('line 2 (byte');
    expect((await refusal([a!, b!])).message).toContain('line 1 (byte 0)');
    const other = join(root, 'other');
    await using journal = await openJournal(other, { identity: { model: 'n' } });
    await journal.put('z', 1);
    const [, foreign] = (await readFile(journal.file, 'utf8')).split('\n');
    const error = await refusal([header!, Buffer.from(`${foreign!}\n`), b!]);
    expect(error.message).toContain('written behind another one');
    await rm(other, { recursive: true });
  });

  it('restores a damaged header only for the identity that the units were written under', async () => {
    const bytes = Buffer.from(whole);
    bytes.write('?', 60);
    await writeFile(file, bytes);
    await expectCode(() => open(), 'invalid-file');
    await expectCode(() => openJournal(root, { identity: { model: 'n' }, repair: true }), 'invalid-file');
    await expectCode(() => openJournal(root, { repair: true }), 'invalid-file');
    expect(await readFile(file)).toEqual(bytes);
    await using journal = await open(true);
    expect(contentOf(journal)).toEqual(units);
    expect(await readFile(file)).toEqual(whole);
  });

  it('gives up both lines of a key with two values', async () => {
    const [header, a] = lines();
    const previous = (JSON.parse(a!.toString()) as { sum: string }).sum;
    const contradiction = encodeLine({ sequence: 2, previous, key: 'a', value: '"other"' });
    const error = await refusal([header!, a!, contradiction.bytes]);
    expect(error.message).toContain('another value for the key "a"');
    await using journal = await open(true);
    expect(journal.size).toBe(0);
  });

  it('refuses files that are no journals and leaves them as they are', async () => {
    for (const text of ['hello', '{"key":1}\n', '\n', '\u0000\u0000']) {
      await writeFile(file, text);
      const error = await expectCode(() => open(true), 'invalid-file');
      expect(error.message).toContain('move the file away');
      expect(await readFile(file, 'utf8')).toBe(text);
    }
  });

  it('refuses a later version by name', async () => {
    const rest = lines()[0]!.toString().trimEnd().slice(42).replace('"version":1', '"version":2');
    await writeFile(file, `{"sum":"${sumDigits(createSum().update(rest))}",${rest}\n`);
    await expectCode(() => open(true), 'unsupported');
  });
});
