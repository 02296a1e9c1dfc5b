import {
  openBundle,
  SakeError,
  type BundleReader,
  type Loader,
  type Matrix,
  type Query,
  type Scope,
  type ScopeMatch,
  type ScopeNeeds,
  type StoredTensor,
  type Vector,
} from '@sakejs/spec';
import { margin, type Discriminant } from './discriminant.js';
import { positionState } from './subject-states.js';
import { MODULE } from './vector-detector.js';
import { checkVector, nearest } from './vector-rows.js';

export const WHO_WHAT_NOW = 'who-what-now';
const VERSION = 1;

/** A residual-stream layer (0 = output of the first block), or the input of the LM head. */
export type StateLayer = number | 'final';

/** What the three factors learned; a factor that was left out is absent. */
export interface WhoWhatNowParts {
  readonly who?: { readonly layer: number; readonly states: Matrix; readonly threshold: number };
  readonly what?: { readonly layer: number; readonly discriminant: Discriminant };
  readonly now?: { readonly layer: StateLayer; readonly discriminant: Discriminant };
}

/** States [positions, d] of a query at one layer. @throws {SakeError} as {@link Scope.match}. */
export function layerStates(query: Query, layer: number, width: number): Matrix {
  const states = layerMatrix(query, layer, width);
  checkFinite(states.data, `states at layer ${layer}`);
  return states;
}

/** The last token's state at a layer, [d]. @throws {SakeError} as {@link Scope.match}. */
export function lastState(query: Query, layer: StateLayer, width: number): Vector {
  if (layer === 'final') {
    checkVector(WHO_WHAT_NOW, 'the last-token activation', query.lastTokenActivation, width);
    return query.lastTokenActivation;
  }
  const states = layerMatrix(query, layer, width);
  const last = positionState(states, states.rows - 1);
  checkFinite(last, `the last state at layer ${layer}`);
  return last;
}

function layerMatrix(query: Query, layer: number, width: number): Matrix {
  const states = query.layers?.get(layer);
  if (states === undefined)
    throw new SakeError(
      'invalid-input',
      `${WHO_WHAT_NOW}: expected the states of all positions at layer ${layer}, got layers [${[...(query.layers?.keys() ?? [])].join(', ')}]; see the scope's needs`,
    );
  if (states.rows < 1)
    throw new SakeError(
      'invalid-input',
      `${WHO_WHAT_NOW}: expected at least one position at layer ${layer}, got none`,
    );
  if (states.cols !== width || states.data.length !== states.rows * width)
    throw new SakeError(
      'shape-mismatch',
      `${WHO_WHAT_NOW}: expected states of width ${width} at layer ${layer}, got ${states.data.length} values for [${states.rows}, ${states.cols}]; was the scope fitted on another model?`,
    );
  return states;
}

function checkFinite(values: Vector, what: string): void {
  // A plain loop: this runs over every position of every query.
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]))
      throw new SakeError(
        'invalid-input',
        `${WHO_WHAT_NOW}: expected finite ${what}, got ${values[i]} at ${i}`,
      );
}

/** What the parts have to see. */
export function partNeeds(layers: readonly (StateLayer | undefined)[]): ScopeNeeds {
  const numbers = layers.filter((layer) => typeof layer === 'number');
  return { layers: [...new Set(numbers)].sort((a, b) => a - b), embedding: false };
}

/**
 * Every position's distance as a mention, each factor scaled so that its own threshold is 1.
 *
 * distance(p) = max(who(p), what(p), now) with who(p) = minᵢ ‖h_p − sᵢ‖ / θ,
 * what(p) = min over q >= p of exp(−margin(h_q)), now = exp(−margin(h_last)). [positions]
 */
export function mentionDistances({ who, what, now }: WhoWhatNowParts, query: Query): Float64Array {
  const whoStates = who && layerStates(query, who.layer, who.states.cols);
  const whatStates = what && layerStates(query, what.layer, what.discriminant.direction.length);
  const rows = (whoStates ?? whatStates)?.rows ?? 1;
  if (whatStates !== undefined && whatStates.rows !== rows)
    throw new SakeError(
      'shape-mismatch',
      `${WHO_WHAT_NOW}: expected as many positions at every layer, got ${rows} and ${whatStates.rows}`,
    );
  const nowDistance =
    now === undefined
      ? 0
      : Math.exp(-margin(now.discriminant, lastState(query, now.layer, now.discriminant.direction.length)));
  const distances = new Float64Array(rows);
  let whatDistance = what === undefined ? 0 : Number.POSITIVE_INFINITY;
  for (let p = rows - 1; p >= 0; p--) {
    if (what !== undefined && whatStates !== undefined)
      whatDistance = Math.min(
        whatDistance,
        Math.exp(-margin(what.discriminant, positionState(whatStates, p))),
      );
    const whoDistance =
      who === undefined || whoStates === undefined
        ? 0
        : nearest(who.states, positionState(whoStates, p)).distance / who.threshold;
    distances[p] = Math.max(whoDistance, whatDistance, nowDistance);
  }
  return distances;
}

/** The latest mention within the threshold, else the nearest (the latest among equals). */
function matchMention(parts: WhoWhatNowParts, threshold: number, query: Query): ScopeMatch {
  const distances = mentionDistances(parts, query);
  let position = distances.length - 1;
  for (let p = position; p >= 0; p--) {
    if (distances[p]! <= threshold) {
      position = p;
      break;
    }
    if (distances[p]! < distances[position]!) position = p;
  }
  const distance = distances[position]!;
  return parts.who === undefined ? { distance } : { distance, position };
}

/** A scope over fitted parts. */
export function whoWhatNowScope(
  parts: WhoWhatNowParts,
  threshold: number,
  settings: Scope['settings'],
): Scope {
  const { who, what, now } = parts;
  const tensors: Record<string, StoredTensor> = {
    ...(who && { subjectStates: { shape: [who.states.rows, who.states.cols], data: who.states.data } }),
    ...(what && { what: { shape: [what.discriminant.direction.length], data: what.discriminant.direction } }),
    ...(now && { now: { shape: [now.discriminant.direction.length], data: now.discriminant.direction } }),
  };
  return {
    kind: WHO_WHAT_NOW,
    threshold,
    needs: partNeeds([who?.layer, what?.layer, now?.layer]),
    settings,
    match: (query) => matchMention(parts, threshold, query),
    toTensors: () => ({
      kind: WHO_WHAT_NOW,
      version: VERSION,
      tensors,
      meta: {
        threshold,
        factors: Object.keys({ ...(who && { who }), ...(what && { what }), ...(now && { now }) }).join(','),
        ...(who && { whoLayer: who.layer, whoThreshold: who.threshold }),
        ...(what && { whatLayer: what.layer, whatOffset: what.discriminant.offset }),
        ...(now && { nowLayer: now.layer, nowOffset: now.discriminant.offset }),
        settings,
      },
    }),
  };
}

function readLayer(reader: BundleReader, name: string): number {
  const layer = reader.number(name);
  if (!Number.isInteger(layer) || layer < 0)
    throw new SakeError(
      'invalid-file',
      `load '${WHO_WHAT_NOW}': expected '${name}' to be a layer >= 0, got ${layer}`,
    );
  return layer;
}

/** Loads scopes of `whoWhatNow()`. */
export const whoWhatNowLoader: Loader<Scope> = {
  kind: WHO_WHAT_NOW,
  version: VERSION,
  module: MODULE,
  load: (bundle) => {
    const reader = openBundle(bundle, { kind: WHO_WHAT_NOW, version: VERSION });
    const positive = (name: string): number => {
      const value = reader.number(name);
      if (!(value > 0))
        throw new SakeError('invalid-file', `load '${WHO_WHAT_NOW}': expected '${name}' > 0, got ${value}`);
      return value;
    };
    const discriminant = (name: 'what' | 'now'): Discriminant => ({
      direction: reader.float64(name, [null]).data,
      offset: reader.number(`${name}Offset`),
    });
    const factors = reader.text('factors').split(',');
    const unknown = factors.find((factor) => !['who', 'what', 'now'].includes(factor));
    if (unknown !== undefined)
      throw new SakeError(
        'invalid-file',
        `load '${WHO_WHAT_NOW}': expected factors who, what, now, got '${unknown}'`,
      );
    const subjectStates = (): Matrix => {
      const { data, shape } = reader.float('subjectStates', [null, null]);
      return { rows: shape[0]!, cols: shape[1]!, data };
    };
    const parts: WhoWhatNowParts = {
      ...(factors.includes('who') && {
        who: {
          layer: readLayer(reader, 'whoLayer'),
          states: subjectStates(),
          threshold: positive('whoThreshold'),
        },
      }),
      ...(factors.includes('what') && {
        what: { layer: readLayer(reader, 'whatLayer'), discriminant: discriminant('what') },
      }),
      ...(factors.includes('now') && {
        now: {
          layer: bundle.meta['nowLayer'] === 'final' ? 'final' : readLayer(reader, 'nowLayer'),
          discriminant: discriminant('now'),
        },
      }),
    };
    return whoWhatNowScope(parts, positive('threshold'), reader.settings());
  },
};
