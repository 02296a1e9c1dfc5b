import { describe, expect, it } from 'vitest';
import { tinyConfig } from '../../test/tiny-config.js';
import { trainingConfigSchema } from './training-config.js';

const { optimisation } = tinyConfig;
const complaints = (changes: object): unknown[] =>
  trainingConfigSchema
    .safeParse({ ...tinyConfig, ...changes })
    .error!.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('trainingConfigSchema', () => {
  it('takes fewer loss rows and long steps', () => {
    const long = { lossRows: 100, longEvery: 4, longLength: 128, longBatch: 2 };
    const config = { ...tinyConfig, optimisation: { ...optimisation, ...long } };
    expect(trainingConfigSchema.parse(config)).toEqual(config);
  });

  it('says what does not fit together', () => {
    expect(complaints({ optimisation: { ...optimisation, lossRows: 385 } })).toEqual([
      'optimisation.lossRows: must be at most batch · length',
    ]);
    expect(complaints({ optimisation: { ...optimisation, longEvery: 2, longLength: 64 } })).toEqual([
      'optimisation.longEvery: needs longLength and longBatch',
    ]);
    expect(complaints({ optimisation: { ...optimisation, length: 129 } })).toEqual([
      'optimisation.length: must be at most model.maxPositions',
    ]);
    expect(
      complaints({ optimisation: { ...optimisation, longEvery: 2, longBatch: 1, longLength: 129 } }),
    ).toEqual(['optimisation.longLength: must be at most model.maxPositions']);
  });

  it('wants a stage, and no schedule beside the stages', () => {
    expect(complaints({ stages: [] })).toEqual([expect.stringContaining('stages: ')]);
    expect(complaints({ optimisation: { ...optimisation, steps: 9 } })).toEqual([
      'optimisation: Unrecognized key: "steps"',
    ]);
  });
});
