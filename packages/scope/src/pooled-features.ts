import { SakeError, type Matrix, type Query, type ScopeNeeds, type Vector } from '@sakejs/spec';
import { checkVector } from './vector-rows.js';

/** How a text's states at one layer become one vector [d]: the last one, their mean, or their largest values. */
export type Pool = 'last' | 'mean' | 'max';

/** One part of a feature vector: pooled states after a block (0 = first), or the sentence embedding. */
export type PooledFeature = { readonly pool: Pool; readonly layer: number } | { readonly pool: 'embedding' };

/** What a scope with these features has to see. */
export function featureNeeds(features: readonly PooledFeature[]): ScopeNeeds {
  const layers = features.flatMap((feature) => (feature.pool === 'embedding' ? [] : [feature.layer]));
  return {
    layers: [...new Set(layers)].sort((a, b) => a - b),
    embedding: features.some(({ pool }) => pool === 'embedding'),
  };
}

/**
 * The features of a query behind one another, each normalised to a root mean square of 1.
 *
 * @throws {SakeError} `invalid-input` for a query that lacks what {@link featureNeeds} names, values that are not finite
 * or states without a direction, `shape-mismatch` for a malformed matrix.
 */
export function pooledFeatures(
  where: string,
  features: readonly PooledFeature[],
  query: Query,
): Float64Array {
  const parts = features.map((feature) => normalised(where, pooled(where, feature, query)));
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function pooled(where: string, feature: PooledFeature, query: Query): Float64Array {
  if (feature.pool === 'embedding') {
    if (query.embedding === undefined)
      throw new SakeError(
        'invalid-input',
        `${where}: expected a query with an embedding, got none; see the scope's needs`,
      );
    checkVector(where, 'the embedding', query.embedding, query.embedding.length);
    return Float64Array.from(query.embedding);
  }
  const states = query.layers?.get(feature.layer);
  if (states === undefined || states.rows < 1)
    throw new SakeError(
      'invalid-input',
      `${where}: expected the states of all positions at layer ${feature.layer}, got layers [${[...(query.layers?.keys() ?? [])].join(', ')}]; see the scope's needs`,
    );
  if (states.data.length !== states.rows * states.cols)
    throw new SakeError(
      'shape-mismatch',
      `${where}: expected ${states.rows * states.cols} states at layer ${feature.layer}, got ${states.data.length}`,
    );
  checkVector(where, `the states at layer ${feature.layer}`, states.data, states.data.length);
  return poolings[feature.pool](states);
}

const poolings: Readonly<Record<Pool, (states: Matrix) => Float64Array>> = {
  last: ({ rows, cols, data }) => Float64Array.from(data.subarray((rows - 1) * cols)),
  mean: ({ rows, cols, data }) => {
    const mean = new Float64Array(cols);
    for (let i = 0; i < data.length; i++) mean[i % cols]! += data[i]! / rows;
    return mean;
  },
  max: ({ cols, data }) => {
    const largest = new Float64Array(cols).fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < data.length; i++) largest[i % cols] = Math.max(largest[i % cols]!, data[i]!);
    return largest;
  },
};

function normalised(where: string, vector: Vector): Float64Array {
  let square = 0;
  for (const value of vector) square += value * value;
  if (!(square > 0))
    throw new SakeError('invalid-input', `${where}: expected states with a direction, got zeros`);
  const scale = Math.sqrt(square / vector.length);
  return Float64Array.from(vector, (value) => value / scale);
}

/**
 * The features of a text unless told otherwise, of n blocks: the mean and the largest values after ⌈3/8 n⌉ blocks, which say
 * who and what is spoken of, and the last token after ⌈3/4 n⌉, which says what is asked now.
 */
export function defaultFeatures(layers: number): PooledFeature[] {
  const early = Math.ceil((layers * 3) / 8) - 1;
  const late = Math.ceil((layers * 3) / 4) - 1;
  return [
    { pool: 'mean', layer: early },
    { pool: 'max', layer: early },
    { pool: 'last', layer: late },
  ];
}

/** @throws {SakeError} `invalid-option` without features, for an unknown pool or a layer that the model does not have. */
export function checkFeatures(where: string, features: readonly PooledFeature[], layers: number): void {
  const fail = (what: string): never => {
    throw new SakeError('invalid-option', `${where}: expected ${what}`);
  };
  if (features.length === 0) fail('at least one feature, got none');
  for (const feature of features) {
    if (!['last', 'mean', 'max', 'embedding'].includes(feature.pool))
      fail(`features pooled by last, mean, max or embedding, got ${JSON.stringify(feature.pool)}`);
    if (feature.pool === 'embedding') continue;
    if (!Number.isInteger(feature.layer) || feature.layer < 0 || feature.layer >= layers)
      fail(`features at the layers 0 to ${layers - 1}, got ${feature.layer}`);
  }
}

/** Features as files name them: `mean 2, last 4`. */
export const featuresText = (features: readonly PooledFeature[]): string =>
  features
    .map((feature) => (feature.pool === 'embedding' ? 'embedding' : `${feature.pool} ${feature.layer}`))
    .join(', ');

/** Features from {@link featuresText}. @throws {SakeError} `invalid-file`. */
export function parseFeatures(where: string, text: string): PooledFeature[] {
  return text.split(', ').map((part): PooledFeature => {
    if (part === 'embedding') return { pool: 'embedding' };
    const [, pool, layer] = /^(last|mean|max) (\d+)$/.exec(part) ?? [];
    if (pool === undefined)
      throw new SakeError(
        'invalid-file',
        `load '${where}': expected a feature such as 'mean 2' or 'embedding', got ${JSON.stringify(part)}`,
      );
    return { pool: pool as Pool, layer: Number(layer) };
  });
}
