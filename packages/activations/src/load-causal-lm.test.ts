import { row, type CausalLM, type GeneratedToken, type InterventionEvent } from '@sakejs/spec';
import { describeCausalLM, expectClose } from '@sakejs/spec/testing';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { END_OF_TEXT } from '../test/byte-tokenizer.js';
import { runFullGraph } from '../test/full-graph.js';
import { tinyGpt2, tinyLlama, writeRandomModel } from '../test/random-model.js';
import { removeCache } from '../test/without-cache.js';
import { createGraphSession, type GraphSession } from './graph-session.js';
import { loadCausalLM } from './load-causal-lm.js';

const qwen2 = fileURLToPath(new URL('../test/fixtures/qwen2-optimum', import.meta.url));
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-load-causal-lm-'));
});
afterAll(() => rm(root, { recursive: true }));

const models: Record<string, { folder: () => Promise<string>; texts: [string, string, string] }> = {
  'a GPT-2': {
    folder: () => writeRandomModel(join(root, 'gpt2'), tinyGpt2),
    texts: ['the sea', 'Where is the 東京 of it? ', 'an é'],
  },
  'a LLaMA stored in float16': {
    folder: () => writeRandomModel(join(root, 'llama'), tinyLlama, { storage: 'float16' }),
    texts: ['the sea', 'Where is the 東京 of it? ', 'an é'],
  },
  'a LLaMA without a cache': {
    folder: async () => {
      const folder = await writeRandomModel(join(root, 'no-cache'), tinyLlama);
      await removeCache(join(folder, 'onnx', 'model.onnx'));
      return folder;
    },
    texts: ['the sea', 'Where is the 東京 of it? ', 'an é'],
  },
  "an exporter's Qwen2": {
    folder: async () => qwen2,
    texts: ['w5 w9 w60', 'w7', 'w33 w8 w35 w4 w90 w300 w31'],
  },
};

/** The head apart from the body, and one batch against another: float32 rounding. */
const ROUNDING = 1e-5;

for (const [name, { folder, texts }] of Object.entries(models)) {
  describeCausalLM(name, async () => loadCausalLM(await folder()), { texts });

  describe(`loadCausalLM of ${name}`, () => {
    const prompts = [
      [5, 9, 60, 7, 31],
      [8, 4],
      [250, 35, 90],
    ];
    let lm: CausalLM;
    let full: GraphSession;

    beforeAll(async () => {
      const path = await folder();
      lm = await loadCausalLM(path, { threads: 1, batchTokens: 8 });
      full = await createGraphSession(join(path, path === qwen2 ? 'model.onnx' : 'onnx/model.onnx'), {
        threads: 1,
      });
    });
    afterAll(async () => {
      await lm[Symbol.asyncDispose]();
      await full[Symbol.asyncDispose]();
    });

    it.each(['right', 'left'] as const)(
      'gives the logits of the whole graph, padded on the %s',
      async (side) => {
        const logits = await lm.project(await lm.capture(prompts));
        const expected = await runFullGraph(full, prompts, side);
        for (const index of prompts.keys()) expectClose(row(logits, index), expected[index]!, ROUNDING);
      },
    );
  });
}

/** Steps of a text that says the end of text at its third, of a model whose embeddings are tied. */
async function stepsTowardsEnd(lm: CausalLM): Promise<number[]> {
  const intervention = {
    layers: [],
    intervene: ({ step, lastTokenActivation }: InterventionEvent) =>
      step === 2 ? towardsEnd.map((value) => 100 * value) : lastTokenActivation,
  };
  // With tied embeddings, the head's row of a token is the direction that says it.
  const identity = Float32Array.from({ length: 32 * 32 }, (_, at) => Number(at % 33 === 0));
  const columns = await lm.project({ rows: 32, cols: 32, data: identity });
  const towardsEnd = Float32Array.from(
    { length: 32 },
    (_, at) => columns.data[at * columns.cols + END_OF_TEXT]!,
  );
  const steps: number[] = [];
  for await (const { step } of lm.generate('the sea', { maxTokens: 6, intervention })) steps.push(step);
  return steps;
}

describe('loadCausalLM', () => {
  it('says what it loaded and how', async () => {
    await using lm = await loadCausalLM(qwen2, { threads: 1, id: 'tiny' });
    expect(lm.info).toMatchObject({ id: 'tiny', family: 'qwen2', threads: 1, dtype: 'float32', layers: 3 });
    expect(lm.info.runtime).toEqual({
      node: process.versions.node,
      onnxruntime: '1.30.0',
      transformers: '4.3.1',
      device: 'cpu',
      graph: 'model.onnx',
    });
  });

  it('loads a graph chosen in a folder below as it loads it by its path', async () => {
    const folder = join(root, 'variants');
    await cp(qwen2, join(folder, 'cpu', 'int4'), { recursive: true });
    await using chosen = await loadCausalLM(folder, { file: 'cpu/int4/model.onnx', threads: 1 });
    await using direct = await loadCausalLM(join(folder, 'cpu/int4/model.onnx'), { threads: 1 });
    expect(chosen.info).toEqual({
      ...direct.info,
      id: folder,
      runtime: { ...direct.info.runtime, graph: 'cpu/int4/model.onnx' },
    });
    expect(chosen.encode('w5 w9')).toEqual(direct.encode('w5 w9'));
  });

  it('yields as many tokens as the positions leave, and the one after them', async () => {
    await using lm = await loadCausalLM(qwen2);
    const count = async (length: number): Promise<number> => {
      let tokens = 0;
      const prompt = Array.from({ length }, (_, index) => 3 + index);
      for await (const { step } of lm.generate(prompt, { maxTokens: 50 })) tokens = step + 1;
      return tokens;
    };
    expect(await count(lm.info.maxPositions - 2)).toBe(3);
    expect(await count(lm.info.maxPositions)).toBe(1);
  });

  it('runs body and head on the device that it is given, and says so', async () => {
    const { create } = ort.InferenceSession;
    const asked: unknown[] = [];
    // As a runtime with CUDA would; here the CPU does the work.
    const spy = vi.spyOn(ort.InferenceSession, 'create').mockImplementation(((
      model: Uint8Array,
      settings: ort.InferenceSession.SessionOptions,
    ) => {
      asked.push(settings.executionProviders);
      return create(model, { ...settings, executionProviders: ['cpu'] });
    }) as typeof create);
    try {
      await using lm = await loadCausalLM(qwen2, { threads: 1, device: 'cuda' });
      expect(lm.info.runtime['device']).toBe('cuda');
      expect(asked).toEqual([['cuda'], ['cuda']]);
    } finally {
      spy.mockRestore();
    }
  });

  it('generates batches larger than the token budget, and gives each text what it gets alone', async () => {
    await using lm = await loadCausalLM(qwen2, { batchTokens: 24 });
    const requests = Array.from({ length: 9 }, (_, index) => ({
      prompt: Array.from({ length: 1 + ((index * 5) % 7) }, (_, at) => 3 + 11 * index + at),
      maxTokens: 2 + (index % 4),
    }));
    const collect = async (stream: AsyncIterable<GeneratedToken>): Promise<number[]> => {
      const tokens: number[] = [];
      for await (const { token } of stream) tokens.push(token);
      return tokens;
    };
    const together = await Promise.all(lm.generateBatch(requests).map(collect));
    for (const [index, { prompt, ...options }] of requests.entries())
      expect(together[index]).toEqual(await collect(lm.generate(prompt, options)));
  });

  it('reads and writes text with tokenizer.json alone, and ends where generation_config.json says', async () => {
    const folder = await writeRandomModel(join(root, 'tokenizer-alone'), tinyLlama);
    await using before = await loadCausalLM(folder, { threads: 1 });
    await rm(join(folder, 'tokenizer_config.json'));
    await using lm = await loadCausalLM(folder, { threads: 1 });
    for (const text of ['the sea', ' Where is the 東京 of it?\n', 'an é']) {
      expect(lm.encode(text)).toEqual(before.encode(text));
      expect(lm.decode(lm.encode(text))).toBe(before.decode(before.encode(text)));
    }
    expect(lm.decode([...lm.encode('the sea'), END_OF_TEXT])).toBe('the sea');
    expect(lm.info.sha256).not.toBe(before.info.sha256);
    expect(await stepsTowardsEnd(lm)).toEqual([0, 1]);
  });

  it("ends at the tokenizer's end of text where no config names one", async () => {
    const folder = await writeRandomModel(join(root, 'no-eos'), tinyLlama);
    await rm(join(folder, 'generation_config.json'));
    await using lm = await loadCausalLM(folder, { threads: 1 });
    expect(await stepsTowardsEnd(lm)).toEqual([0, 1]);
  });

  it('refuses a batch size below 1', async () => {
    await expect(loadCausalLM(qwen2, { batchTokens: 0 })).rejects.toMatchObject({ code: 'invalid-option' });
  });

  it('refuses to run once disposed', async () => {
    const gone = await loadCausalLM(qwen2);
    await gone[Symbol.asyncDispose]();
    await expect(gone.capture([[5]])).rejects.toThrow(/disposed/);
  });
});
