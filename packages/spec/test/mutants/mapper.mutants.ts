import type { Mapper, TransportMap } from '../../src/mapper.js';
import type { Vector } from '../../src/matrix.js';
import type { Loader } from '../../src/tensor-bundle.js';
import { describeMapper } from '../../src/testing/describe-mapper.js';
import { shiftLoader, toyMapper } from '../toys/mean-shift.js';

describeMapper('right', toyMapper, { loaders: [shiftLoader] });

const right = toyMapper();

/** The toy with its maps changed. */
function withMap(change: (map: TransportMap) => Partial<TransportMap>): () => Mapper {
  return () => ({
    ...right,
    async fit(input) {
      const map = await right.fit(input);
      return { ...map, ...change(map) };
    },
  });
}

const withFit = (fit: Mapper['fit']) => (): Mapper => ({ ...right, fit });

let calls = 0;

const mappers: Record<string, () => Mapper> = {
  'maps in place': withMap((map) => ({
    apply: <V extends Vector>(activation: V) => {
      activation.set(map.apply(activation));
      return activation;
    },
  })),
  'gives float32 for float64': withMap((map) => ({
    apply: <V extends Vector>(activation: V) => Float32Array.from(map.apply(activation)) as V,
  })),
  'rounds to float32 on the way': withMap((map) => ({
    apply: <V extends Vector>(activation: V) =>
      map
        .apply(map.apply(activation))
        .map((value, at) => value - Math.fround(map.apply(activation)[at]! - activation[at]!)) as V,
  })),
  'remembers earlier calls': withMap((map) => ({
    apply: <V extends Vector>(activation: V) =>
      map.apply(activation).map((value) => value + ++calls * 1e-3) as V,
  })),
  'is no identity between equal sets': withMap((map) => ({
    apply: <V extends Vector>(activation: V) => map.apply(activation).map((value) => value * 1.001) as V,
  })),
  'stores its tensors in float32': withMap((map) => ({
    toTensors: () => {
      const bundle = map.toTensors();
      const { shape, data } = bundle.tensors['shift']!;
      return { ...bundle, tensors: { shift: { shape, data: Float64Array.from(data, Math.fround) } } };
    },
  })),
  'stores another kind': withMap((map) => ({ toTensors: () => ({ ...map.toTensors(), kind: 'other' }) })),
  'takes any width': withMap((map) => ({
    apply: <V extends Vector>(activation: V) =>
      activation.length === map.dim ? map.apply(activation) : (activation.slice() as V),
  })),
  'takes activations that are not finite': withMap((map) => ({
    apply: <V extends Vector>(activation: V) =>
      activation.every(Number.isFinite) ? map.apply(activation) : (activation.slice() as V),
  })),
  'has another dim': withMap((map) => ({ dim: map.dim + 1 })),
  'has settings that JSON loses': withMap(() => ({ settings: { ridge: Number.POSITIVE_INFINITY } })),
  'changes its rows': withFit((input) => {
    const map = right.fit(input);
    if (input.source.rows > 1) input.source.data[0]! += 1;
    return map;
  }),
  'depends on chance': withFit(async (input) => {
    const map = await right.fit(input);
    const extra = Math.random();
    return {
      ...map,
      toTensors: () => ({ ...map.toTensors(), meta: { extra } }),
    };
  }),
  'takes an empty source': withFit((input) =>
    right.fit(input.source.rows === 0 ? { ...input, source: input.target } : input),
  ),
  'takes an empty target': withFit((input) =>
    right.fit(input.target.rows === 0 ? { ...input, target: input.source } : input),
  ),
  'takes sides of different widths': withFit((input) =>
    right.fit(input.source.cols === input.target.cols ? input : { ...input, target: input.source }),
  ),
  'takes rows that are not finite': withFit((input) => {
    const cleaned = input.target.data.map((value) => (Number.isFinite(value) ? value : 0));
    return right.fit({ ...input, target: { ...input.target, data: cleaned as Float32Array } });
  }),
};
for (const [name, create] of Object.entries(mappers))
  describeMapper(`wrong: mapper ${name}`, create, { loaders: [shiftLoader] });

const lax = (load: Loader<TransportMap>['load']): Loader<TransportMap> => ({ ...shiftLoader, load });
const loaders: Record<string, Loader<TransportMap>> = {
  'reads other kinds': lax((bundle) => shiftLoader.load({ ...bundle, kind: shiftLoader.kind })),
  'reads newer versions': lax((bundle) => shiftLoader.load({ ...bundle, version: 1 })),
  'fills in what is missing': lax((bundle) =>
    shiftLoader.load({
      ...bundle,
      tensors: { shift: { shape: [1], data: new Float64Array(1) }, ...bundle.tensors },
    }),
  ),
  'takes any shape for the data': lax((bundle) => {
    const shift = bundle.tensors['shift'];
    return shiftLoader.load(
      shift ? { ...bundle, tensors: { shift: { ...shift, shape: [shift.data.length] } } } : bundle,
    );
  }),
};
for (const [name, loader] of Object.entries(loaders))
  describeMapper(`wrong: map loader ${name}`, toyMapper, { loaders: [loader] });
