import { SakeError, type Matrix, type Query, type ScopeNeeds, type Vector } from '@sakejs/spec';
import { positionState } from './subject-states.js';
import { checkVector } from './vector-rows.js';

/** The kind of `whoWhatNow()` and its scopes. */
export const WHO_WHAT_NOW = 'who-what-now';

/** A residual-stream layer (0 = output of the first block), or the input of the LM head. */
export type StateLayer = number | 'final';

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

/** What a scope that looks at those layers has to see. */
export function layerNeeds(layers: readonly (StateLayer | undefined)[]): ScopeNeeds {
  const numbers = layers.filter((layer) => typeof layer === 'number');
  return { layers: [...new Set(numbers)].sort((a, b) => a - b), embedding: false };
}
