import { cosineCentroid, euclideanCentroid, mahalanobis, nearestRow, whoWhatNow } from '@sakejs/scope';
import type { EditMethod, ModelInfo, ScopeDetector } from '@sakejs/spec';
import { meanShift } from '@sakejs/transport';
import { createEditMethod, createMethod } from 'sakejs';

/** Every gate that the comparison knows, with the settings it is compared at. */
const detectors: Readonly<Record<string, (layers: number) => ScopeDetector>> = {
  centroid: () => euclideanCentroid({ centre: 'all' }),
  cosine: () => cosineCentroid({}),
  mahalanobis: () => mahalanobis({}),
  'nearest-row': () => nearestRow({}),
  who: (layers) => whoWhatNow({ layers, factors: ['who'] }),
  'who-what': (layers) => whoWhatNow({ layers, factors: ['who', 'what'] }),
  'who-what-now': (layers) => whoWhatNow({ layers }),
};

/** Names of the gates: the detectors, and `sake`, the gate of the method of that name. */
export const gateNames: readonly string[] = [...Object.keys(detectors), 'sake'];

/** The override that gives a method this gate: none for `sake`, whose own it is. */
export function gateScope(name: string, { layers }: ModelInfo): { readonly scope?: ScopeDetector } {
  const detector = detectors[name];
  return detector === undefined ? {} : { scope: detector(layers) };
}

/** A method that carries the gate; all its target rows are used, so that every edit can be learned. */
export function gateMethod(name: string, info: ModelInfo): EditMethod {
  const common = { mapper: meanShift(), targets: 'all' } as const;
  const detector = detectors[name];
  return detector === undefined
    ? createMethod(name, info, common)
    : createEditMethod({ ...common, name, scope: detector(info.layers) });
}
