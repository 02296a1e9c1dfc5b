import type { CachePair, ChangeInputs } from '@sakejs/onnx';
import { createFeeder } from './decoder-feeds.js';
import { createGraphSession, type Device } from './graph-session.js';
import type { CacheSizes } from './model-config.js';
import type { RunningBody, ShownKeys } from './run-body.js';
import type { SplitBody } from './split-decoder.js';

export interface OpenBodyOptions {
  readonly threads: number;
  readonly device: Device;
  /** The cache's inputs and outputs, where another body goes on from this one. */
  readonly pairs: readonly CachePair[];
  readonly sizes: CacheSizes;
  /** Whether the body takes one token of each row at a time, though it does not say so. */
  readonly stepwise: boolean;
}

/**
 * Opens a body, one that takes changes too. Its session is the caller's to dispose of.
 *
 * @throws {SakeError} as `createGraphSession` and `createFeeder`.
 */
export async function openBody(
  {
    body,
    folder,
    map,
    inputs,
    keys = new Map(),
  }: SplitBody & { readonly inputs?: ChangeInputs; readonly keys?: ReadonlyMap<number, ShownKeys> },
  { threads, device, pairs, sizes, stepwise }: OpenBodyOptions,
): Promise<RunningBody> {
  const session = await createGraphSession(body, {
    threads,
    device,
    ...(folder !== undefined && { externalDataFolder: folder }),
  });
  try {
    const ids = session.inputs.find(({ name }) => name === map.inputs.ids);
    return {
      session,
      feeder: createFeeder(session, { ...map, changes: inputs === undefined ? [] : namesOf(inputs) }, sizes),
      hiddenTensor: map.hiddenTensor,
      residuals: map.residuals,
      pairs,
      hiddenSize: map.hiddenSize,
      fixedRows: typeof ids?.dims[0] === 'number' ? ids.dims[0] : undefined,
      stepwise: stepwise || ids?.dims[1] === 1,
      keys,
      ...(inputs !== undefined && { changes: inputs }),
    };
  } catch (cause) {
    await session[Symbol.asyncDispose]();
    throw cause;
  }
}

function namesOf({ lowRank, dense, stream }: ChangeInputs): string[] {
  return [...[...lowRank.values()].flatMap(({ u, v }) => [u, v]), ...dense.values(), ...stream.values()];
}
