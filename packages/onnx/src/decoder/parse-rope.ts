import { SakeError } from '@sakejs/spec';
import {
  flag,
  invalid,
  isGiven,
  positive,
  refuse,
  size,
  unsupported,
  type ConfigSource,
} from './config-fields.js';
import type { RopeScaling } from './rope-frequencies.js';

type RopeParser = (fields: ConfigSource, maxPositions: number) => RopeScaling | undefined;

const SCALINGS: Readonly<Record<string, RopeParser>> = {
  default: () => undefined,
  linear: (fields) => ({ type: 'linear', factor: positive(fields, 'factor') }),
  dynamic: parseDynamic,
  llama3: parseLlama3,
  yarn: parseYarn,
};

/**
 * Base frequency and scaling of rotary positions, in every spelling of `config.json`: `rope_theta` beside
 * `rope_scaling` with `type` or `rope_type`, or all of it in `rope_parameters`.
 */
export function parseRope(
  source: ConfigSource,
  maxPositions: number,
): { ropeTheta: number; ropeScaling?: RopeScaling } {
  const nested = section(source, 'rope_parameters');
  const fields = nested ?? section(source, 'rope_scaling') ?? {};
  for (const place of [source, fields]) refuse(place, 'partial_rotary_factor', [undefined, null, 1]);
  const ropeTheta = positive(isGiven(fields, 'rope_theta') ? fields : source, 'rope_theta', 10_000);
  const type = fields['rope_type'] ?? fields['type'] ?? (saysMore(fields, nested) ? undefined : 'default');
  const parser = typeof type === 'string' && Object.hasOwn(SCALINGS, type) ? SCALINGS[type] : undefined;
  if (parser === undefined)
    throw unsupported(nested ? 'rope_parameters' : 'rope_scaling', Object.keys(SCALINGS), fields);
  const ropeScaling = parser(fields, maxPositions);
  return { ropeTheta, ...(ropeScaling === undefined ? {} : { ropeScaling }) };
}

/** Whether fields without a kind ask for something: a scaling, or positions for each type of layer. */
function saysMore(fields: ConfigSource, nested: ConfigSource | undefined): boolean {
  if (nested === undefined) return Object.keys(fields).length > 0;
  return Object.values(fields).some((value) => typeof value === 'object' && value !== null);
}

function section(source: ConfigSource, name: string): ConfigSource | undefined {
  const value = source[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid(name, 'an object', value);
  return value as ConfigSource;
}

/** Frequencies change only behind the model's own positions, which graphs here end at. */
function parseDynamic(fields: ConfigSource, maxPositions: number): undefined {
  positive(fields, 'factor');
  refuse(fields, 'original_max_position_embeddings', [undefined, null, maxPositions]);
}

function parseLlama3(fields: ConfigSource): RopeScaling {
  const lowFrequencyFactor = positive(fields, 'low_freq_factor');
  const highFrequencyFactor = positive(fields, 'high_freq_factor');
  if (highFrequencyFactor <= lowFrequencyFactor)
    throw invalid(
      'high_freq_factor',
      `a number above low_freq_factor ${lowFrequencyFactor}`,
      highFrequencyFactor,
    );
  return {
    type: 'llama3',
    factor: positive(fields, 'factor'),
    lowFrequencyFactor,
    highFrequencyFactor,
    originalPositions: size(fields, 'original_max_position_embeddings'),
  };
}

function parseYarn(fields: ConfigSource, maxPositions: number): RopeScaling {
  const originalPositions = size(fields, 'original_max_position_embeddings', maxPositions);
  const factor = positive(fields, 'factor', maxPositions / originalPositions);
  if (factor < 1) throw invalid('factor', 'at least 1', factor);
  const [betaFast, betaSlow] = [positive(fields, 'beta_fast', 32), positive(fields, 'beta_slow', 1)];
  if (betaFast <= betaSlow)
    throw new SakeError(
      'invalid-file',
      `parseDecoderConfig: expected "beta_fast" above "beta_slow", got ${betaFast} and ${betaSlow}`,
    );
  return {
    type: 'yarn',
    factor,
    originalPositions,
    betaFast,
    betaSlow,
    truncate: flag(fields, 'truncate', true),
    attentionFactor: yarnAttention(fields, factor),
  };
}

/** As given, or 0.1 · mscale · ln(factor) + 1, a ratio of two of these where both are given. */
function yarnAttention(fields: ConfigSource, factor: number): number {
  if (isGiven(fields, 'attention_factor')) return positive(fields, 'attention_factor');
  const scaleOf = (mscale: number): number => 0.1 * mscale * Math.log(factor) + 1;
  const [mscale, ofAll] = [fields['mscale'], fields['mscale_all_dim']];
  // Only both together count, and 0 is as if absent.
  if (!mscale || !ofAll) return scaleOf(1);
  return scaleOf(positive(fields, 'mscale')) / scaleOf(positive(fields, 'mscale_all_dim'));
}
