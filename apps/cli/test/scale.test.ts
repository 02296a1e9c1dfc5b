import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, type Ran } from './sake.js';
import { spawnSake, spawnScript } from './spawn-sake.js';

const packaged = (path: string): string =>
  fileURLToPath(new URL(`../../../packages/${path}`, import.meta.url));
const RANDOM_CHECKPOINT = packaged('checkpoints/scripts/random-checkpoint.ts');
const BESIDE_RUNTIME = packaged('activations/bench/beside-runtime.ts');

const gpt2 = { model_type: 'gpt2', vocab_size: 500, n_embd: 64, n_layer: 4, n_head: 4, n_positions: 64 };
const llama = {
  model_type: 'llama',
  vocab_size: 500,
  hidden_size: 64,
  intermediate_size: 160,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  max_position_embeddings: 64,
  tie_word_embeddings: false,
};

/** Each step starts processes. */
const timeout = 300_000;

const succeeded = (ran: Ran): string => {
  expect(ran, ran.err).toMatchObject({ status: 0 });
  return ran.out;
};

describe.each([
  ['gpt2', gpt2, 'fp32', 'onnx/model.onnx'],
  ['llama', llama, 'q4', 'onnx/model_q4.onnx'],
] as const)('the road of docs/benchmarks.md for a small %s', (name, config, dtype, file) => {
  it('goes from random weights by way of a conversion to a measured decode', { timeout }, async () => {
    const folder = join(temporaryFolder(), name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'shape.json'), JSON.stringify(config));
    const [checkpoint, model] = [join(folder, 'checkpoint'), join(folder, 'model')];

    const shards = ['--dtype', 'F16', '--shard-bytes', '150000'];
    succeeded(await spawnScript(folder, RANDOM_CHECKPOINT, ['shape.json', checkpoint, ...shards]));
    expect(readdirSync(checkpoint).filter((each) => each.endsWith('.safetensors')).length).toBeGreaterThan(1);

    succeeded(await spawnSake(folder, ['convert', checkpoint, '--out', model, '--dtype', dtype]));
    const inspected = JSON.parse(succeeded(await spawnSake(folder, ['inspect', model, '--json']))) as {
      readonly steerable: boolean;
      readonly selfCheck: { readonly maxAbsError: number; readonly maxAbsLogit: number };
    };
    expect(inspected).toMatchObject({ family: name, layers: 4, hiddenSize: 64, steerable: true });
    expect(inspected.selfCheck.maxAbsError).toBeLessThanOrEqual(1e-4 * inspected.selfCheck.maxAbsLogit);

    const small = ['--prompt', '8', '--tokens', '6', '--captured', '3', '--captured-length', '8'];
    const flags = ['--file', file, '--rounds', '3', '--threads', '1', '--json'];
    const report = JSON.parse(
      succeeded(await spawnScript(folder, BESIDE_RUNTIME, [model, ...small, ...flags])),
    ) as BesideReport;
    expect(report.sameTokens).toBe(true);
    expect(report.sides.map((side) => side.name)).toEqual(['sakejs', 'runtime']);
    for (const { memory, captures, decoded } of report.sides) {
      expect(memory.peak).toBeGreaterThan(10);
      for (const rate of [captures, decoded]) expectInterval(rate);
    }
    for (const ratio of [report.ratio.captures, report.ratio.decoded]) expectInterval(ratio);
  });
});

type Interval = readonly [median: number, low: number, high: number];

interface BesideReport {
  readonly sameTokens: boolean;
  readonly sides: readonly {
    readonly name: string;
    readonly memory: { readonly peak: number };
    readonly captures: Interval;
    readonly decoded: Interval;
  }[];
  readonly ratio: { readonly captures: Interval; readonly decoded: Interval };
}

function expectInterval([median, low, high]: Interval): void {
  expect(low).toBeGreaterThan(0);
  expect(low).toBeLessThanOrEqual(median);
  expect(median).toBeLessThanOrEqual(high);
}
