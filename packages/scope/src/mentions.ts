import { SakeError, type Matrix, type Query, type ScopeMatch } from '@sakejs/spec';
import { margin, type Discriminant } from './discriminant.js';
import { lastState, layerStates, WHO_WHAT_NOW, type StateLayer } from './query-states.js';
import { positionState } from './subject-states.js';
import { nearest } from './vector-rows.js';

/** What the three factors learned; a factor that was left out is absent. */
export interface WhoWhatNowParts {
  readonly who?: { readonly layer: number; readonly states: Matrix; readonly threshold: number };
  readonly what?: { readonly layer: number; readonly discriminant: Discriminant };
  readonly now?: { readonly layer: StateLayer; readonly discriminant: Discriminant };
}

/** Every position of a query as a mention of the subject, [positions]. */
export interface Mentions {
  /** The largest factor, each scaled so that its own threshold is 1. */
  readonly distances: Float64Array;
  /** The factor `who` alone; 0 without it. */
  readonly who: Float64Array;
}

/**
 * Distances of every position as a mention: distance(p) = max(who(p), what(p), now).
 *
 * who(p) = minᵢ ‖h_p − sᵢ‖ / θ, what(p) = min over q >= p of exp(−margin(h_q)), now = exp(−margin(h_last)).
 */
export function mentions({ who, what, now }: WhoWhatNowParts, query: Query): Mentions {
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
  const whoDistances = new Float64Array(rows);
  let whatDistance = what === undefined ? 0 : Number.POSITIVE_INFINITY;
  for (let p = rows - 1; p >= 0; p--) {
    if (what !== undefined && whatStates !== undefined)
      whatDistance = Math.min(
        whatDistance,
        Math.exp(-margin(what.discriminant, positionState(whatStates, p))),
      );
    if (who !== undefined && whoStates !== undefined)
      whoDistances[p] = nearest(who.states, positionState(whoStates, p)).distance / who.threshold;
    distances[p] = Math.max(whoDistances[p]!, whatDistance, nowDistance);
  }
  return { distances, who: whoDistances };
}

/** The latest mention within the threshold, else the nearest; among equals the likeliest to be the subject. */
export function matchMention(parts: WhoWhatNowParts, threshold: number, query: Query): ScopeMatch {
  const { distances, who } = mentions(parts, query);
  let best = distances.length - 1;
  for (let p = best; p >= 0; p--) {
    if (distances[p]! <= threshold) {
      best = p;
      break;
    }
    const nearer =
      distances[p]! < distances[best]! || (distances[p] === distances[best] && who[p]! < who[best]!);
    if (nearer) best = p;
  }
  const distance = distances[best]!;
  return parts.who === undefined ? { distance } : { distance, position: best };
}
