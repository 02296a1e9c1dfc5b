import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Matrix } from '@sakejs/spec';

/** One matrix on disk: this many bytes of head, then its float32 values. */
export const FRAME_BYTES = 64;

/** What the head of a frame says. */
export interface FrameHead {
  /** SHA-256, 64 hexadecimal digits, of what the values are. */
  readonly key: string;
  readonly rows: number;
  readonly cols: number;
}

// Head: magic 4 | rows u32 | cols u32 | key 32 | check of key and values 16 | CRC-32 of all that u32. Little-endian.
const MAGIC = Buffer.from('SKA1', 'latin1');
const KEY_AT = 12;
const CHECK_AT = 44;
const CRC_AT = 60;

/** Bytes of a frame, head included. */
export const frameBytes = ({ rows, cols }: Pick<FrameHead, 'rows' | 'cols'>): number =>
  FRAME_BYTES + rows * cols * 4;

export function encodeFrame(key: string, { rows, cols, data }: Matrix<Float32Array>): Buffer {
  const values = bytesOf(data);
  const head = Buffer.alloc(FRAME_BYTES);
  MAGIC.copy(head);
  head.writeUInt32LE(rows, 4);
  head.writeUInt32LE(cols, 8);
  head.write(key, KEY_AT, 'hex');
  checkOf(head.subarray(4, CHECK_AT), values).copy(head, CHECK_AT);
  head.writeUInt32LE(crc32(head.subarray(0, CRC_AT)), CRC_AT);
  return Buffer.concat([head, values]);
}

/** Reads a head; undefined for what is none, or is damaged. */
export function readFrameHead(head: Buffer): FrameHead | undefined {
  if (head.length < FRAME_BYTES || !head.subarray(0, 4).equals(MAGIC)) return undefined;
  if (head.readUInt32LE(CRC_AT) !== crc32(head.subarray(0, CRC_AT))) return undefined;
  return {
    key: head.toString('hex', KEY_AT, CHECK_AT),
    rows: head.readUInt32LE(4),
    cols: head.readUInt32LE(8),
  };
}

/** The values of a whole frame; undefined when it is not the key's or is damaged anywhere. */
export function decodeFrame(frame: Buffer, key: string): Matrix<Float32Array> | undefined {
  const head = readFrameHead(frame.subarray(0, FRAME_BYTES));
  if (head?.key !== key || frame.length !== frameBytes(head)) return undefined;
  const values = frame.subarray(FRAME_BYTES);
  if (!checkOf(frame.subarray(4, CHECK_AT), values).equals(frame.subarray(CHECK_AT, CRC_AT)))
    return undefined;
  const data = new Float32Array(head.rows * head.cols);
  bytesOf(data).set(values);
  return { rows: head.rows, cols: head.cols, data };
}

const bytesOf = (data: Float32Array): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

const checkOf = (head: Buffer, values: Buffer): Buffer =>
  createHash('sha256')
    .update(head)
    .update(values)
    .digest()
    .subarray(0, CRC_AT - CHECK_AT);
