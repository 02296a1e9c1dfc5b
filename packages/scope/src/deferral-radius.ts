import {
  openBundle,
  row,
  SakeError,
  type Loader,
  type Query,
  type Scope,
  type ScopeNeeds,
  type Vector,
} from '@sakejs/spec';
import { MODULE } from './vector-detector.js';
import { checkVector } from './vector-rows.js';

const KIND = 'deferral-radius';
const VERSION = 1;

/** By how much the older of two split radii is the smaller, so that no point is in both. */
const GAP = 1e-5;

export interface DeferralRadiusOptions {
  /** The block behind which keys are read, at the last token. */
  readonly layer: number;
  /** [d] */
  readonly key: Vector;
  /** Distance up to which a query is in scope, as long as no neighbour is in the way. */
  readonly radius: number;
  /** What the entry stands for: neighbours of one label make room for each other, others split the space between them. */
  readonly label: string;
}

/** An entry of a codebook: a ball around a key. */
interface Ball extends DeferralRadiusOptions {
  readonly key: Float64Array;
}

const balls = new WeakMap<Scope, Ball>();

/**
 * A ball around a key, as an entry of a codebook: distance = ‖h − k‖, h [d] the residual stream after a block at the
 * last token.
 *
 * Alone it holds what is within `radius`. Beside other live entries of its block, in the order in which they came: one that
 * lies within radius + radius of its nearest elder takes half the way between the two, and so does the elder, if their
 * labels differ; if they are the same, the elder's radius grows to reach it. And a query is in the scope of its nearest
 * key or of none. In the paper an entry of the same label is not kept; here it keeps a ball and a value of its own,
 * so that any edit can be removed.
 * Source: Hartvigsen et al., "Aging with GRACE", section 2.2 (arXiv 2211.11031).
 *
 * @throws {SakeError} `invalid-option` for a radius that is not above 0 or a layer that is no block; `invalid-input` for a
 * key that is empty or not finite.
 */
export function deferralRadius({ layer, key, radius, label }: DeferralRadiusOptions): Scope {
  if (!(radius > 0 && Number.isFinite(radius)))
    throw new SakeError('invalid-option', `${KIND}: expected a radius above 0, got ${radius}`);
  if (!Number.isInteger(layer) || layer < 0)
    throw new SakeError('invalid-option', `${KIND}: expected a block's number as layer, got ${layer}`);
  if (key.length === 0 || !key.every(Number.isFinite))
    throw new SakeError('invalid-input', `${KIND}: expected a key of finite values, got others`);
  return scopeOf({ layer, key: Float64Array.from(key), radius, label }, radius, (query, own) => own(query));
}

/** Loads scopes of {@link deferralRadius}. */
export const deferralRadiusLoader: Loader<Scope> = {
  kind: KIND,
  version: VERSION,
  module: MODULE,
  load: (bundle) => {
    const reader = openBundle(bundle, { kind: KIND, version: VERSION });
    const { label } = reader.settings();
    if (typeof label !== 'string')
      throw new SakeError('invalid-file', `${KIND}: expected a label, got ${String(label)}`);
    return deferralRadius({
      layer: reader.number('layer'),
      key: reader.float64('key', [null]).data,
      radius: reader.number('radius'),
      label,
    });
  },
};

/** @param match gives the distance, given the query and what would be the ball's own. */
function scopeOf(
  ball: Ball,
  threshold: number,
  match: (query: Query, own: (query: Query) => number) => number,
): Scope {
  const { layer, key, radius, label } = ball;
  const needs: ScopeNeeds = { layers: [layer], embedding: false };
  const own = (query: Query): number => distanceTo(key, stateOf(query, layer));
  const scope: Scope = {
    kind: KIND,
    threshold,
    needs,
    settings: { layer, radius, label },
    match: (query) => ({ distance: match(query, own) }),
    beside: (live) => codebookOf(live, layer).scopeAmong(ball),
    toTensors: () => ({
      kind: KIND,
      version: VERSION,
      tensors: { key: { shape: [key.length], data: key } },
      meta: { layer, radius, settings: { label } },
    }),
  };
  balls.set(scope, ball);
  return scope;
}

/** Entries of one block that are live together. */
interface Codebook {
  scopeAmong(ball: Ball): Scope;
}

const codebooks = new WeakMap<readonly Scope[], Map<number, Codebook>>();

function codebookOf(live: readonly Scope[], layer: number): Codebook {
  const known = codebooks.get(live) ?? new Map<number, Codebook>();
  codebooks.set(live, known);
  let codebook = known.get(layer);
  if (codebook === undefined) known.set(layer, (codebook = settle(live, layer)));
  return codebook;
}

function settle(live: readonly Scope[], layer: number): Codebook {
  const entries = live.map((scope) => balls.get(scope)).filter((ball): ball is Ball => ball?.layer === layer);
  const radii = settledRadii(entries);
  // Every entry is asked of the same query object in turn.
  const nearest = new WeakMap<Query, number>();
  const nearestTo = (query: Query): number => {
    let at = nearest.get(query);
    if (at === undefined) nearest.set(query, (at = nearestOf(entries, stateOf(query, layer))));
    return at;
  };
  return {
    scopeAmong: (ball) => {
      const at = entries.indexOf(ball);
      if (at < 0) return scopeOf(ball, ball.radius, (query, own) => own(query));
      return scopeOf(ball, radii[at]!, (query, own) => (nearestTo(query) === at ? own(query) : Infinity));
    },
  };
}

/** Radii once every entry has met those before it. */
function settledRadii(entries: readonly Ball[]): number[] {
  const radii: number[] = [];
  for (const [at, { key, radius, label }] of entries.entries()) {
    radii.push(radius);
    const elder = nearestOf(entries.slice(0, at), key);
    if (elder < 0) continue;
    const distance = distanceTo(entries[elder]!.key, key);
    if (distance > radius + radii[elder]!) continue;
    if (entries[elder]!.label === label) radii[elder] = Math.max(radii[elder]!, distance);
    else {
      // Two entries of one key: the newer one has it.
      radii[elder] = Math.max(0, distance / 2 - GAP);
      radii[at] = distance === 0 ? radius : distance / 2;
    }
  }
  return radii;
}

/** The entry with the nearest key, the newer one of two; -1 without any. */
function nearestOf(entries: readonly Ball[], state: Vector): number {
  let best = -1;
  let least = Infinity;
  for (const [at, { key }] of entries.entries()) {
    const distance = distanceTo(key, state);
    if (distance <= least) [best, least] = [at, distance];
  }
  return best;
}

/** The residual stream at the last token. */
function stateOf(query: Query, layer: number): Vector {
  const states = query.layers?.get(layer);
  if (states === undefined || states.rows === 0)
    throw new SakeError('invalid-input', `${KIND}: expected a query with layer ${layer}, got none`, {
      details: { layer },
    });
  return row(states, states.rows - 1);
}

function distanceTo(key: Float64Array, state: Vector): number {
  checkVector(KIND, 'the state', state, key.length);
  let sum = 0;
  for (let i = 0; i < key.length; i++) sum += (state[i]! - key[i]!) ** 2;
  return Math.sqrt(sum);
}
