import { expect } from 'vitest';
import type { Json, Loader, StoredTensor, TensorBundle } from '../tensor-bundle.js';

/** What a bundle is after a trip through a file: copied tensors, meta data as JSON text. */
export function throughFile(bundle: TensorBundle): TensorBundle {
  return {
    kind: bundle.kind,
    version: bundle.version,
    tensors: Object.fromEntries(
      Object.entries(bundle.tensors).map(([name, { shape, data }]) => [
        name,
        { shape: [...shape], data: data.slice() },
      ]),
    ),
    meta: JSON.parse(JSON.stringify(bundle.meta)) as Record<string, Json>,
  };
}

/** The one loader of that kind among `loaders`. */
export function loaderOf<T>(loaders: readonly Loader<T>[], kind: string): Loader<T> {
  const found = loaders.filter((loader) => loader.kind === kind);
  expect(found, `loaders of kind '${kind}'`).toHaveLength(1);
  return found[0]!;
}

/** Broken copies of a bundle, each of which a loader must refuse as `invalid-file`. */
export function brokenBundles(
  bundle: TensorBundle,
  newest: number,
): readonly [what: string, bundle: TensorBundle][] {
  const withTensor = (name: string, tensor: StoredTensor): TensorBundle => ({
    ...bundle,
    tensors: { ...bundle.tensors, [name]: tensor },
  });
  const broken: [string, TensorBundle][] = [
    ['another kind', { ...bundle, kind: `not-${bundle.kind}` }],
    ['a newer version', { ...bundle, version: newest + 1 }],
  ];
  for (const [name, { shape, data }] of Object.entries(bundle.tensors)) {
    const others = Object.entries(bundle.tensors).filter(([other]) => other !== name);
    broken.push([`no tensor '${name}'`, { ...bundle, tensors: Object.fromEntries(others) }]);
    broken.push([`tensor '${name}' of another rank`, withTensor(name, { shape: [1, 1, ...shape], data })]);
    if (data.length > 0)
      broken.push([`tensor '${name}' cut short`, withTensor(name, { shape, data: data.slice(1) })]);
  }
  return broken;
}
