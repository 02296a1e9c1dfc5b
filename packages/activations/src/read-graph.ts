import { readFile, stat } from 'node:fs/promises';
import { decodeModel } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import { placeExternalData, type GraphPlace, type PlacedModel } from './external-data.js';

/** A graph's file, read; weights within it are views on its bytes. */
export interface GraphFile extends PlacedModel {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Protobuf lengths are signed 32-bit numbers in every runtime that reads a graph. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Reads an ONNX file and finds its external data.
 *
 * @throws {SakeError} `not-found`, `io`; `unsupported` from 2 GiB on; `invalid-file` for bytes that are no model and for
 * external data that does not hold up (see {@link placeExternalData}).
 */
export async function readGraph(place: GraphPlace): Promise<GraphFile> {
  const { file } = place;
  let bytes: Uint8Array;
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES)
      throw new SakeError(
        'unsupported',
        `readGraph: expected a file below 2 GiB, got ${size} bytes; save its weights as external data`,
        { details: { file } },
      );
    bytes = await readFile(file);
  } catch (cause) {
    if (cause instanceof SakeError) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new SakeError(
      missing ? 'not-found' : 'io',
      `readGraph: cannot read ${file}: ${(cause as Error).message}`,
      { details: { file }, cause },
    );
  }
  return { path: file, bytes, ...(await placeExternalData(decodeModel(bytes), place)) };
}
