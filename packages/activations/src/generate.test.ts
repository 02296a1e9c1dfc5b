import type { GeneratedToken, GenerateOptions } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { countingDecoder, type CountingDecoder, type Sight } from '../test/counting-decoder.js';
import { generateRows, type BatchGenerationModel } from './generate.js';
import { createGenerationRow } from './generation-row.js';

const PROMPTS = [[5, 9], [3, 1, 4, 1, 5], [2], [7, 7], [8, 2, 8], [6], [5, 9]];

function modelOf(decoder: CountingDecoder, batchTokens = 1000): BatchGenerationModel {
  return {
    decoder,
    tokenizer: {
      encode: () => [],
      decode: (tokens) => tokens.map((token) => String.fromCharCode(200 + token)).join(''),
    },
    hiddenSize: 2,
    layers: 1,
    maxPositions: 40,
    eosTokens: new Set(),
    batchTokens,
  };
}

function open(
  model: BatchGenerationModel,
  prompts: readonly (readonly number[])[],
  options: GenerateOptions = { maxTokens: 6 },
): AsyncGenerator<GeneratedToken>[] {
  const rows = prompts.map((prompt) => () => createGenerationRow(model, prompt, options));
  return generateRows(model, rows, undefined);
}

async function collect(stream: AsyncIterable<GeneratedToken>): Promise<number[]> {
  const tokens: number[] = [];
  for await (const { token } of stream) tokens.push(token);
  return tokens;
}

/** What each prompt gives alone. */
function alone(sight: Sight): Promise<number[][]> {
  return Promise.all(PROMPTS.map((prompt) => collect(open(modelOf(countingDecoder(sight)), [prompt])[0]!)));
}

/** Passes of a batch, those of the probe left out. */
async function passesOf(sight: Sight, batchTokens?: number): Promise<(readonly number[])[]> {
  const probed = countingDecoder(sight);
  await Promise.all(open(modelOf(probed), [[1], [2, 2]], { maxTokens: 1 }).map(collect));
  const model = modelOf(probed, batchTokens);
  const before = probed.passes.length;
  await Promise.all(open(model, PROMPTS).map(collect));
  return probed.passes.slice(before);
}

describe('generateRows', () => {
  it.each<Sight>([
    {},
    { countsPadding: true },
    { scales: true },
    { fixed: true },
    { cached: false },
    { cached: false, scales: true },
  ])('gives each row what it gives alone, whatever rows see of each other: %j', async (sight) => {
    const together = await Promise.all(open(modelOf(countingDecoder(sight)), PROMPTS).map(collect));
    expect(together).toEqual(await alone(sight));
  });

  it('shares passes as far as rows do not see each other', async () => {
    const most = async (sight: Sight): Promise<number> =>
      Math.max(...(await passesOf(sight)).map(({ length }) => length));
    expect(await most({})).toBe(PROMPTS.length);
    // [5, 9] twice and [7, 7]
    expect(await most({ countsPadding: true })).toBe(3);
    expect(await most({ scales: true })).toBe(1);
  });

  it('reads a token a row behind the prompts', async () => {
    const passes = await passesOf({});
    expect(passes).toHaveLength(6);
    expect([...passes[0]!].sort()).toEqual(PROMPTS.map(({ length }) => length).sort());
    for (const pass of passes.slice(1)) expect(new Set(pass)).toEqual(new Set([1]));
  });

  it('keeps what the rows of a batch can come to within the token budget', async () => {
    const passes = await passesOf({}, 24);
    const first = passes.filter((pass) => pass.some((length) => length > 1));
    for (const pass of first) expect(pass.length * (Math.max(...pass) + 6)).toBeLessThanOrEqual(24);
    expect(passes.every(({ length }) => length <= 3)).toBe(true);
    expect(passes.flat().filter((length) => length > 0)).toHaveLength(PROMPTS.length * 6);
  });

  it('takes a row out of the batch when it has ended, failed or been left', async () => {
    const decoder = countingDecoder({});
    const model = modelOf(decoder);
    const failing = {
      layers: [],
      intervene: ({ step }: { step: number }): undefined => {
        if (step === 1) throw new Error('a row that fails');
      },
    };
    const rows = [
      () => createGenerationRow(model, [1, 2], { maxTokens: 5 }),
      () => createGenerationRow(model, [3], { maxTokens: 2 }),
      () => createGenerationRow(model, [4], { maxTokens: 5, intervention: failing }),
      () => createGenerationRow(model, [5], { maxTokens: 5 }),
    ];
    const streams = generateRows(model, rows, undefined);
    for await (const { step } of streams[3]!) if (step === 2) break;
    expect(await collect(streams[0]!)).toHaveLength(5);
    await expect(collect(streams[2]!)).rejects.toThrow('a row that fails');
    const sizes = decoder.passes.map(({ length }) => length);
    // Five passes of the probe, then all rows; the second and third are gone after two, the last after three.
    expect(sizes.slice(-5)).toEqual([4, 4, 2, 1, 1]);
  });

  it('probes no more than once, and not for a row alone', async () => {
    const decoder = countingDecoder({});
    const model = modelOf(decoder);
    await collect(open(model, [[1]], { maxTokens: 1 })[0]!);
    expect(decoder.passes).toHaveLength(1);
    const pair = (): Promise<number[][]> =>
      Promise.all(open(model, [[1], [2]], { maxTokens: 1 }).map(collect));
    await pair();
    const probed = decoder.passes.length;
    await pair();
    expect(decoder.passes).toHaveLength(probed + 1);
  });

  it('runs one batch at a time, begun only when it is wanted', async () => {
    const decoder = countingDecoder({ scales: true });
    const [first, second] = open(modelOf(decoder), [[1, 2, 3], [4]], { maxTokens: 3 });
    await second!.next();
    const begun = decoder.passes.length;
    expect(decoder.passes.at(-1)).toEqual([1]);
    await first!.next();
    // The second row is run to its end before the first one's batch begins.
    expect(decoder.passes.slice(begun)).toEqual([[1], [1], [3]]);
    expect(await collect(second!)).toHaveLength(2);
  });
});
