import type { Matrix, SafetensorsFile, SafetensorsTensor, WeightDelta, WeightDeltaEdit } from '@sakejs/spec';
import { z } from 'zod';
import type { EditFormat } from './edit-format.js';
import { canonicalJson, invalid } from './edit-metadata.js';
import { checkStrayTensors } from './stored-part.js';

const VERSION = '1';

const layer = z.int().nonnegative();
const changeSchema = z.strictObject({
  deltas: z.array(z.strictObject({ layer, form: z.enum(['low-rank', 'dense']) })).min(1),
  keys: z.array(layer),
  batch: z.strictObject({ id: z.string().min(1), size: z.int().positive() }).exactOptional(),
});

/**
 * Edits that change weights: tensors `delta.<n>.u` [d, r] and `delta.<n>.v` [r, k], or `delta.<n>.dense` [k, d], and
 * `key.<n>` [k]; the header text `change` says of which blocks, and which batch they come from.
 */
export const weightDeltaEditFormat: EditFormat<WeightDeltaEdit> = {
  kind: 'weight-delta',
  versions: [VERSION],
  encode: ({ deltas, keys = [], batch }) => ({
    version: VERSION,
    tensors: {
      ...Object.fromEntries(deltas.flatMap((delta, at) => deltaTensors(delta, `delta.${at}.`))),
      ...Object.fromEntries(
        keys.map(({ key }, at): [string, SafetensorsTensor] => [
          `key.${at}`,
          { dtype: 'F32', shape: [key.length], data: Float32Array.from(key) },
        ]),
      ),
    },
    texts: {
      // For releases that lack the kind: they name what reads it.
      module: '@sakejs/editor',
      change: canonicalJson({
        deltas: deltas.map((delta) => ({
          layer: delta.layer,
          form: 'dense' in delta ? 'dense' : 'low-rank',
        })),
        keys: keys.map((key) => key.layer),
        ...(batch && { batch }),
      }),
    },
  }),
  decode: ({ file, tensors, header, identity }) => {
    const { deltas, keys, batch } = header.parse('change', changeSchema);
    checkStrayTensors(tensors, ['delta.', 'key.'], file);
    const loaded = deltas.map((delta, at): WeightDelta => {
      const part = (name: string): Matrix<Float32Array> => storedMatrix(tensors, `delta.${at}.${name}`, file);
      if (delta.form === 'dense') return { layer: delta.layer, dense: part('dense') };
      const [u, v] = [part('u'), part('v')];
      if (u.cols !== v.rows)
        throw invalid(file, `factors of one rank for block ${delta.layer}, got ${u.cols} and ${v.rows}`);
      return { layer: delta.layer, u, v };
    });
    const held = keys.map((of, at) => ({ layer: of, key: storedFloats(tensors, `key.${at}`, file).data }));
    return {
      kind: 'weight-delta',
      ...identity,
      deltas: loaded,
      ...(held.length > 0 && { keys: held }),
      ...(batch && { batch }),
    };
  },
};

function deltaTensors(delta: WeightDelta, prefix: string): [string, SafetensorsTensor][] {
  const parts = 'dense' in delta ? { dense: delta.dense } : { u: delta.u, v: delta.v };
  return Object.entries(parts).map(([name, { rows, cols, data }]) => [
    prefix + name,
    {
      dtype: 'F32',
      shape: [rows, cols],
      data: data instanceof Float32Array ? data : Float32Array.from(data),
    },
  ]);
}

type Tensors = SafetensorsFile['tensors'];

/** @throws {SakeError} `invalid-file` for a tensor that is missing or holds other than F32. */
export function storedFloats(
  tensors: Tensors,
  name: string,
  file: string,
): { readonly shape: readonly number[]; readonly data: Float32Array } {
  const stored = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (stored === undefined || !(stored.data instanceof Float32Array))
    throw invalid(file, `F32 values in tensor '${name}', got ${stored?.dtype ?? 'no such tensor'}`);
  return { shape: stored.shape, data: stored.data };
}

/** @throws {SakeError} `invalid-file`, also for a tensor of other than two axes. */
export function storedMatrix(tensors: Tensors, name: string, file: string): Matrix<Float32Array> {
  const { shape, data } = storedFloats(tensors, name, file);
  const [rows, cols] = shape;
  if (shape.length !== 2 || rows === undefined || cols === undefined || rows * cols === 0)
    throw invalid(file, `a matrix in tensor '${name}', got [${shape.join(', ')}]`);
  return { rows, cols, data };
}
