import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Matrix } from '@sakejs/spec';
import { decodeFrame, encodeFrame, frameBytes, type FrameHead } from './activation-frame.js';
import { appendSegment, readSegment, scanSegment } from './activation-segment.js';
import { codeOf, ioError } from './atomic-file.js';

/** A matrix and what it is filed under: SHA-256, 64 hexadecimal digits. */
export interface KeyedMatrix extends Matrix<Float32Array> {
  readonly key: string;
}

/** Matrices in a folder, packed into few files. */
export interface SegmentStore {
  has(key: string): boolean;
  /** The matrix of a key; undefined when there is none, it was dropped, or it is damaged. */
  read(key: string): Promise<Matrix<Float32Array> | undefined>;
  /** Keeps matrices, and drops whole files of those used least recently to make room. */
  append(matrices: readonly KeyedMatrix[]): Promise<void>;
  /** Takes notice of what other processes added and dropped. */
  refresh(): Promise<void>;
}

interface Place extends FrameHead {
  readonly segment: Segment;
  readonly offset: number;
}

interface Segment {
  readonly name: string;
  readonly keys: Set<string>;
  /** Bytes read through. */
  scanned: number;
  bytes: number;
  /** Last use by any process, in ms. */
  used: number;
}

const segmentName = /^\d{15}-[0-9a-f]{12}\.activations$/;
/** Files into which the bytes are split at least, so that dropping one drops few. */
const SEGMENTS = 16;
/** Most files, which many short processes would else make. */
const MOST_SEGMENTS = 64;
/** How exactly the time of last use is kept, in ms. */
const USE_INTERVAL = 30_000;

/**
 * A store of matrices in a folder, which is made with the first: append-only files of checksummed frames.
 *
 * Each store writes files of its own and reads everyone's, so any number of processes share a folder without a lock;
 * together they may exceed `maxBytes` by what they write at the same instant. In memory is a place a key.
 */
export function createSegmentStore(directory: string, maxBytes: number): SegmentStore {
  const segments = new Map<string, Segment>();
  const index = new Map<string, Place>();
  let current: Segment | undefined;
  let last: Promise<void> = Promise.resolve();

  const inTurn = (task: () => Promise<void>): Promise<void> => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
  const place = (segment: Segment, frame: FrameHead & { readonly offset: number }): void => {
    index.set(frame.key, { ...frame, segment });
    segment.keys.add(frame.key);
  };
  const forget = (segment: Segment): void => {
    segments.delete(segment.name);
    if (segment === current) current = undefined;
    for (const key of segment.keys) if (index.get(key)?.segment === segment) index.delete(key);
  };

  const refresh = async (): Promise<void> => {
    const names = (await namesIn(directory)).filter((name) => segmentName.test(name)).sort();
    const there = new Set(names);
    for (const segment of [...segments.values()]) if (!there.has(segment.name)) forget(segment);
    // Newest first: of two frames of a key the later one was written because the earlier one was found damaged.
    for (const name of names.reverse()) {
      const found = await stat(join(directory, name)).catch(() => undefined);
      if (found === undefined) continue;
      let segment = segments.get(name);
      if (segment === undefined)
        segments.set(name, (segment = { name, keys: new Set(), scanned: 0, bytes: 0, used: 0 }));
      segment.bytes = found.size;
      segment.used = found.mtimeMs;
      if (found.size <= segment.scanned) continue;
      const { frames, end } = await scanSegment(join(directory, name), segment.scanned);
      segment.scanned = end;
      for (const frame of frames) {
        const known = index.get(frame.key);
        if (known === undefined || known.segment === segment) place(segment, frame);
      }
    }
  };

  /** Drops segments used least recently until there is room for so many bytes, in a new file or not. */
  const makeRoom = async (room: number, files: number): Promise<void> => {
    const oldest = [...segments.values()].sort((a, b) => a.used - b.used || (a.name < b.name ? -1 : 1));
    let held = oldest.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const segment of oldest) {
      if (held + room <= maxBytes && segments.size + files <= MOST_SEGMENTS) break;
      await rm(join(directory, segment.name), { force: true }).catch((cause: unknown) => {
        throw ioError(`removing ${segment.name}`, cause);
      });
      held -= segment.bytes;
      forget(segment);
    }
  };

  const write = async (matrices: readonly KeyedMatrix[], bytes: number): Promise<void> => {
    await refresh();
    if (current !== undefined && current.bytes + bytes > maxBytes / SEGMENTS) current = undefined;
    await makeRoom(bytes, current === undefined ? 1 : 0);
    const segment = (current ??= createSegment());
    const frames = Buffer.concat(matrices.map((matrix) => encodeFrame(matrix.key, matrix)));
    // Behind a write that fails, a torn frame may hide what follows: the next one goes to a file of its own.
    current = undefined;
    let offset = await appendSegment(join(directory, segment.name), frames);
    current = segment;
    segments.set(segment.name, segment);
    for (const { key, rows, cols } of matrices) {
      place(segment, { key, rows, cols, offset });
      offset += frameBytes({ rows, cols });
    }
    segment.scanned = segment.bytes = offset;
    segment.used = Date.now();
  };

  return {
    has: (key) => index.has(key),
    refresh: () => inTurn(refresh),
    async read(key) {
      const found = index.get(key);
      if (found === undefined) return undefined;
      const { segment, offset } = found;
      const file = join(directory, segment.name);
      const frame = await readSegment(file, offset, frameBytes(found));
      const matrix = frame && decodeFrame(frame, key);
      if (matrix === undefined) {
        if (index.get(key) === found) index.delete(key);
        return undefined;
      }
      const now = Date.now();
      if (now - segment.used > USE_INTERVAL) {
        segment.used = now;
        await utimes(file, new Date(now), new Date(now)).catch(() => undefined); // dropped, or read-only
      }
      return matrix;
    },
    append: (matrices) =>
      inTurn(async () => {
        if (matrices.length === 0) return;
        await mkdir(directory, { recursive: true }).catch((cause: unknown) => {
          throw ioError(`making ${directory}`, cause);
        });
        for (const { group, bytes } of groups(matrices, maxBytes)) await write(group, bytes);
      }),
  };
}

const createSegment = (): Segment => ({
  name: `${String(Date.now()).padStart(15, '0')}-${randomBytes(6).toString('hex')}.activations`,
  keys: new Set(),
  scanned: 0,
  bytes: 0,
  used: 0,
});

/** Matrices in writes of at most a segment's bytes; what is larger than the store is left out. */
function* groups(
  matrices: readonly KeyedMatrix[],
  maxBytes: number,
): Generator<{ readonly group: KeyedMatrix[]; readonly bytes: number }> {
  let group: KeyedMatrix[] = [];
  let bytes = 0;
  for (const matrix of matrices) {
    const own = frameBytes(matrix);
    if (own > maxBytes) continue;
    if (group.length > 0 && bytes + own > maxBytes / SEGMENTS) {
      yield { group, bytes };
      [group, bytes] = [[], 0];
    }
    group.push(matrix);
    bytes += own;
  }
  if (group.length > 0) yield { group, bytes };
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw ioError(`reading ${directory}`, cause);
  }
}
