import {
  openBundle,
  SakeError,
  type BundleReader,
  type Loader,
  type Matrix,
  type Scope,
  type StoredTensor,
} from '@sakejs/spec';
import type { Discriminant } from './discriminant.js';
import { lastTokenDistance, matchMention, type LastTokenPart, type WhoWhatNowParts } from './mentions.js';
import { layerNeeds, WHO_WHAT_NOW } from './query-states.js';
import { whoWhatNowFactors, type WhoWhatNowFactor } from './who-what-now-options.js';
import { MODULE } from './vector-detector.js';

const VERSION = 1;

/** A scope over fitted parts. */
export function whoWhatNowScope(
  parts: WhoWhatNowParts,
  threshold: number,
  settings: Scope['settings'],
): Scope {
  const { who, what, now, meant } = parts;
  const tensors: Record<string, StoredTensor> = {
    ...(who && { subjectStates: { shape: [who.states.rows, who.states.cols], data: who.states.data } }),
    ...(what && { what: { shape: [what.discriminant.direction.length], data: what.discriminant.direction } }),
    ...(now && { now: { shape: [now.discriminant.direction.length], data: now.discriminant.direction } }),
    ...(meant && {
      meant: { shape: [meant.discriminant.direction.length], data: meant.discriminant.direction },
    }),
  };
  return {
    kind: WHO_WHAT_NOW,
    threshold,
    needs: layerNeeds([who?.layer, what?.layer, now?.layer, meant?.layer]),
    settings,
    match: (query) => matchMention(parts, threshold, query),
    mayHold: (query) => lastTokenDistance(parts, query) <= threshold,
    toTensors: () => ({
      kind: WHO_WHAT_NOW,
      version: VERSION,
      tensors,
      meta: {
        threshold,
        factors: whoWhatNowFactors.filter((factor) => parts[factor] !== undefined).join(','),
        ...(who && { whoLayer: who.layer, whoThreshold: who.threshold }),
        ...(what && { whatLayer: what.layer, whatOffset: what.discriminant.offset }),
        ...(now && { nowLayer: now.layer, nowOffset: now.discriminant.offset }),
        ...(meant && { meantLayer: meant.layer, meantOffset: meant.discriminant.offset }),
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
    const discriminant = (name: Exclude<WhoWhatNowFactor, 'who'>): Discriminant => ({
      direction: reader.float64(name, [null]).data,
      offset: reader.number(`${name}Offset`),
    });
    const lastTokenPart = (name: 'now' | 'meant'): LastTokenPart => ({
      layer: bundle.meta[`${name}Layer`] === 'final' ? 'final' : readLayer(reader, `${name}Layer`),
      discriminant: discriminant(name),
    });
    const factors = reader.text('factors').split(',');
    const unknown = factors.find((factor) => !(whoWhatNowFactors as readonly string[]).includes(factor));
    if (unknown !== undefined)
      throw new SakeError(
        'invalid-file',
        `load '${WHO_WHAT_NOW}': expected factors among ${whoWhatNowFactors.join(', ')}, got '${unknown}'`,
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
      ...(factors.includes('now') && { now: lastTokenPart('now') }),
      ...(factors.includes('meant') && { meant: lastTokenPart('meant') }),
    };
    return whoWhatNowScope(parts, positive('threshold'), reader.settings());
  },
};
