/**
 * Tokens per second of reading states without the LM head, against running the whole graph on the same batches.
 *
 *   npx tsx --conditions=@sakejs/source bench/capture.ts [MODEL_FOLDER]
 *
 * Without a folder: a LLaMA of the embedded model's size and a GPT-2 of the same width with GPT-2's vocabulary, both
 * with random weights. Rounds alternate between the ways; the median is shown.
 */
import { createRandom, type CausalLM } from '@sakejs/spec';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planBatches } from '../src/batches.js';
import { createGraphSession } from '../src/graph-session.js';
import { loadCausalLM } from '../src/load-causal-lm.js';
import { readModelFolder } from '../src/model-folder.js';
import { runFullGraph } from '../test/full-graph.js';
import { writeRandomModel } from '../test/random-model.js';

const THREADS = 2;
const BATCH_TOKENS = 2048;
const ROUNDS = 7;

const llama = {
  model_type: 'llama',
  vocab_size: 3000,
  hidden_size: 256,
  intermediate_size: 683,
  num_hidden_layers: 6,
  num_attention_heads: 8,
  max_position_embeddings: 128,
  tie_word_embeddings: true,
};
const gpt2 = { model_type: 'gpt2', vocab_size: 50257, n_embd: 256, n_layer: 6, n_head: 8, n_positions: 128 };

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function generate(
  lm: CausalLM,
  prompt: readonly number[],
  layers?: readonly number[],
): Promise<number> {
  let tokens = 0;
  const intervention = layers && { layers, intervene: () => undefined };
  for await (const { step } of lm.generate(prompt, { maxTokens: 40, ...(intervention && { intervention }) }))
    tokens = step + 1;
  return tokens;
}

async function measure(folder: string, name: string): Promise<void> {
  await using lm = await loadCausalLM(folder, { threads: THREADS, batchTokens: BATCH_TOKENS });
  await using full = await createGraphSession((await readModelFolder(folder)).modelFile, {
    threads: THREADS,
  });
  const random = createRandom('capture');
  const prompts = Array.from({ length: 400 }, () =>
    Array.from({ length: 8 + random.integer(25) }, () => random.integer(lm.info.vocabularySize)),
  );
  const tokens = prompts.reduce((sum, prompt) => sum + prompt.length, 0);
  const every = Array.from({ length: lm.info.layers }, (_, layer) => layer);
  const batches = planBatches(
    prompts.map((prompt) => prompt.length),
    BATCH_TOKENS,
  );
  const ways: Record<string, () => Promise<unknown>> = {
    capture: () => lm.capture(prompts),
    'capture and project': async () => lm.project(await lm.capture(prompts)),
    'observe every layer': () => lm.observe(prompts, { layers: every }),
    'whole graph': async () => {
      for (const batch of batches)
        await runFullGraph(
          full,
          batch.map((index) => prompts[index]!),
          'right',
        );
    },
  };
  const seconds = Object.fromEntries(Object.keys(ways).map((way) => [way, [] as number[]]));
  for (const way of Object.values(ways)) await way();
  for (let round = 0; round < ROUNDS; round++)
    for (const [way, work] of Object.entries(ways)) seconds[way]!.push(await secondsOf(work));
  const whole = median(seconds['whole graph']!);
  print(`${name}: ${prompts.length} prompts, ${tokens} tokens, ${THREADS} threads`);
  for (const way of Object.keys(ways)) {
    const took = median(seconds[way]!);
    print(
      `  ${way.padEnd(20)} ${(tokens / took).toFixed(0).padStart(7)} tokens/s  x ${(whole / took).toFixed(2)}`,
    );
  }
  for (const [what, layers] of [
    ['generate', undefined],
    ['generate, all layers', every],
  ] as const) {
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      let made = 0;
      const took = await secondsOf(async () => (made = await generate(lm, prompts[round]!, layers)));
      rates.push(made / took);
    }
    print(`  ${what.padEnd(20)} ${median(rates).toFixed(0).padStart(7)} tokens/s`);
  }
  for (const rows of [1, 16]) {
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      let made = 0;
      const requests = prompts.slice(round * rows, (round + 1) * rows);
      const took = await secondsOf(async () => {
        const streams = lm.generateBatch(requests.map((prompt) => ({ prompt, maxTokens: 40 })));
        for (const stream of streams) for await (const { step } of stream) made += Number(step >= 0);
      });
      rates.push(made / took);
    }
    print(`  ${`generateBatch of ${rows}`.padEnd(20)} ${median(rates).toFixed(0).padStart(7)} tokens/s`);
  }
}

const [folder] = process.argv.slice(2);
if (folder) await measure(folder, folder);
else {
  const root = await mkdtemp(join(tmpdir(), 'sakejs-bench-'));
  await measure(await writeRandomModel(join(root, 'llama'), llama), 'LLaMA, 6 x 256, vocabulary 3000');
  await measure(await writeRandomModel(join(root, 'gpt2'), gpt2), 'GPT-2, 6 x 256, vocabulary 50257');
  await rm(root, { recursive: true });
}
