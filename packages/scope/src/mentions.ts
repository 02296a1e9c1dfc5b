import { SakeError, type Matrix, type Query, type ScopeMatch, type Vector } from '@sakejs/spec';
import { margin, type Discriminant } from './discriminant.js';
import { lastState, layerStates, WHO_WHAT_NOW, type StateLayer } from './query-states.js';
import { positionState } from './subject-states.js';
import { nearest, rowMean } from './vector-rows.js';

/** What the factors learned; a factor that was left out is absent. */
export interface WhoWhatNowParts {
  readonly who?: { readonly layer: number; readonly states: Matrix; readonly threshold: number };
  readonly what?: { readonly layer: number; readonly discriminant: Discriminant };
  readonly now?: LastTokenPart;
  readonly meant?: LastTokenPart;
}

/** A factor that the last token decides. */
export interface LastTokenPart {
  readonly layer: StateLayer;
  readonly discriminant: Discriminant;
}

/** Share by which a limit is raised, so that rounding of its square lets nothing through too early. */
const SLACK = 1 + 1e-12;

/**
 * The latest mention within the threshold, else the nearest; among equals the likeliest to be the subject.
 *
 * ```
 * distance(p) = max(who(p), what(p), now, meant)
 * who(p) = minᵢ ‖h_p − sᵢ‖ / θ,   what(p) = min over q >= p of exp(−margin(h_q)),   now, meant = exp(−margin(h_last))
 * ```
 *
 * The other factors cost a product a position, `who` one a state: it is looked at only where it can still decide, and no
 * farther than it can.
 */
export function matchMention(parts: WhoWhatNowParts, threshold: number, query: Query): ScopeMatch {
  const { who, what } = parts;
  const whoStates = who && layerStates(query, who.layer, who.states.cols);
  const whatStates = what && layerStates(query, what.layer, what.discriminant.direction.length);
  const rows = (whoStates ?? whatStates)?.rows ?? 1;
  if (whatStates !== undefined && whatStates.rows !== rows)
    throw new SakeError(
      'shape-mismatch',
      `${WHO_WHAT_NOW}: expected as many positions at every layer, got ${rows} and ${whatStates.rows}`,
    );
  const lastDistance = lastTokenDistance(parts, query);
  let whatDistance = what === undefined ? 0 : Number.POSITIVE_INFINITY;
  let position = rows - 1;
  let distance = Number.POSITIVE_INFINITY;
  let whoDistance = Number.POSITIVE_INFINITY; // of the best mention so far
  for (let p = rows - 1; p >= 0; p--) {
    if (what !== undefined && whatStates !== undefined)
      whatDistance = Math.min(
        whatDistance,
        Math.exp(-margin(what.discriminant, positionState(whatStates, p))),
      );
    const others = Math.max(whatDistance, lastDistance);
    if (others >= distance) continue;
    let whoHere = 0;
    if (who !== undefined && whoStates !== undefined) {
      const limit = others < distance ? distance : whoDistance;
      whoHere = nearestState(who.states, positionState(whoStates, p), limit * who.threshold) / who.threshold;
    }
    const here = Math.max(whoHere, others);
    if (here < distance || (here === distance && whoHere < whoDistance)) {
      position = p;
      distance = here;
      whoDistance = whoHere;
    }
    if (here <= threshold) break;
  }
  return who === undefined ? { distance } : { distance, position };
}

/** What the last token decides, which no mention can be nearer than; 0 where nothing looks at it. */
export const lastTokenDistance = ({ now, meant }: WhoWhatNowParts, query: Query): number =>
  Math.max(factorDistance(now, query), factorDistance(meant, query));

const factorDistance = (part: LastTokenPart | undefined, query: Query): number =>
  part === undefined
    ? 0
    : Math.exp(-margin(part.discriminant, lastState(query, part.layer, part.discriminant.direction.length)));

/** Smallest distance of a state to the subject's; Infinity where it is beyond `limit`. */
function nearestState(states: Matrix, state: Vector, limit: number): number {
  const within = limit * SLACK;
  const { centre, radius } = ballOf(states);
  // ‖h − sᵢ‖ >= ‖h − centre‖ − radius: most positions are too far for any of the states.
  if (nearest(centre, state, (within + radius) * SLACK).index < 0) return Number.POSITIVE_INFINITY;
  return nearest(states, state, within).distance;
}

/** A ball around all states of a subject. */
interface Ball {
  readonly centre: Matrix; // [1, d]
  readonly radius: number;
}

const balls = new WeakMap<Matrix, Ball>();

function ballOf(states: Matrix): Ball {
  const known = balls.get(states);
  if (known !== undefined) return known;
  const centre = { rows: 1, cols: states.cols, data: rowMean(states) };
  const radii = Array.from(
    { length: states.rows },
    (_, i) => nearest(centre, positionState(states, i)).distance,
  );
  const ball = { centre, radius: Math.max(0, ...radii) };
  balls.set(states, ball);
  return ball;
}

/** The smallest distance of any position as a mention. */
export function nearestMention(parts: WhoWhatNowParts, query: Query): number {
  return matchMention(parts, Number.NEGATIVE_INFINITY, query).distance;
}
