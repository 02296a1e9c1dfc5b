import { DataType, decodeModel, encodeModel, plainDecoder, type OnnxGraph } from '@sakejs/onnx';
import { row, type CausalLM, type GeneratedToken } from '@sakejs/spec';
import { expectClose } from '@sakejs/spec/testing';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { END_OF_TEXT } from '../test/byte-tokenizer.js';
import { openFullGraph, runFullGraph } from '../test/full-graph.js';
import { fusedGpt2 } from '../test/fused-gpt2.js';
import {
  castPorts,
  idsOnly,
  keptLogits,
  moveWeightsOut,
  oneRow,
  packedCache,
  rewriteGraph,
  renamedCache,
  shownStates,
} from '../test/graph-forms.js';
import { writeGraphFolder } from '../test/no-decoders.js';
import { primitiveDecoder } from '../test/primitive-decoder.js';
import { tinyGpt2, tinyLlama, writeRandomModel } from '../test/random-model.js';
import { putInSearch, type SearchForm, type SearchOp } from '../test/search-graph.js';
import { standardDecoder } from '../test/standard-decoder.js';
import { tapGraph } from '../test/tapped-graph.js';
import { removeCache } from '../test/without-cache.js';
import { createGraphSession } from './graph-session.js';
import { inspectModel } from './inspect-model.js';
import { loadCausalLM, type LoadOptions } from './load-causal-lm.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const exported = (name: string): string => here(`../../onnx/test/fixtures/${name}`);
const fixtures = here('../test/fixtures');

let root: string;
let made = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-layouts-'));
});
afterAll(() => rm(root, { recursive: true }));

/** How far float32 sums in another order may be apart. */
const FLOAT32 = 1e-4;
/** Half precision has 11 bits; logits reach 4. */
const HALF = 2e-2;
/** Activations rounded to 8 bits: a last bit apart in float32 is a step of 1/255 of the range apart here. */
const INT8 = 8e-2;

interface Layout {
  readonly name: string;
  /** Files to copy: from where, to which name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Makes the folder instead. */
  readonly build?: (folder: string) => Promise<unknown>;
  readonly options?: LoadOptions;
  /** What `info.runtime.graph` says. */
  readonly graph: string;
  readonly tolerance?: number;
  /** Whether decoding goes on from a cache; true unless said. */
  readonly cached?: boolean;
  readonly dtype?: string;
}

const qwen2 = exported('qwen2-optimum.onnx');
const tokenizer = Object.fromEntries(
  ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'].map((name) => [
    join(fixtures, 'qwen2-optimum', name),
    name,
  ]),
);
const withoutConfig = Object.fromEntries(
  Object.entries(tokenizer).filter(([, name]) => name.startsWith('tokenizer')),
);

/** A graph of the exporters' checkpoint, under a name. */
const one = (from: string, to: string): Record<string, string> => ({ ...tokenizer, [exported(from)]: to });

/** Both branches of the merged export as the pair of files that it was merged from. */
async function pairOf(folder: string): Promise<void> {
  const model = decodeModel(await readFile(exported('qwen2-merged.onnx')));
  for (const [file, useCache] of [
    ['decoder_model.onnx', false],
    ['decoder_with_past_model.onnx', true],
  ] as const)
    await writeFile(join(folder, file), encodeModel(plainDecoder(model, { useCache })));
}

/** A random model whose graph is rewritten. */
const rewritten =
  (config: Record<string, unknown>, rewrite: (file: string) => Promise<void>) =>
  async (folder: string): Promise<void> => {
    await writeRandomModel(folder, config);
    await rewrite(join(folder, 'onnx', 'model.onnx'));
  };

/** Files of the export by onnxruntime-genai's builder whose graph lies in a folder of the fixtures. */
const genai = (from: string): Record<string, string> => ({
  ...withoutConfig,
  [exported(`${from}/model.onnx`)]: 'model.onnx',
  [exported(`${from}/model.onnx.data`)]: 'model.onnx.data',
  [join(fixtures, 'qwen2-external/genai_config.json')]: 'genai_config.json',
});

/** A GPT-2 as ONNX Runtime's searches take it: int32 ids, keys and values stacked. */
const forSearch = (graph: OnnxGraph): OnnxGraph =>
  packedCache(
    castPorts(graph, /^(input_ids|attention_mask|position_ids)$/, DataType.INT64, DataType.INT32),
    'stacked',
  );

/** A random GPT-2 inside an operator that generates text. */
const inSearch = (op: SearchOp, form: SearchForm, beside?: string) =>
  rewritten(tinyGpt2, async (file) => {
    await rewriteGraph(file, forSearch);
    if (beside !== undefined) await moveWeightsOut(file, beside);
    await putInSearch(file, op, form);
  });

/** From the oldest operator set that exporters of decoders wrote to the newest. */
const operatorSets = Array.from({ length: 14 }, (_, at) => 11 + at);

const layouts: readonly Layout[] = [
  {
    name: 'optimum, one file',
    files: one('qwen2-optimum.onnx', 'onnx/model.onnx'),
    graph: 'onnx/model.onnx',
    dtype: 'fp32',
  },
  { name: 'TorchScript', files: one('qwen2-torchscript.onnx', 'model.onnx'), graph: 'model.onnx' },
  {
    name: 'dynamo with external data, no cache',
    files: {
      ...one('qwen2-dynamo.onnx', 'model.onnx'),
      [join(fixtures, 'qwen2-external/model.onnx.data')]: 'model.onnx.data',
    },
    graph: 'model.onnx',
    cached: false,
  },
  {
    name: 'onnxruntime-genai without a config.json',
    files: genai('qwen2-genai'),
    graph: 'model.onnx',
  },
  {
    name: 'onnxruntime-genai, May 2025',
    files: genai('qwen2-genai-2025-05'),
    graph: 'model.onnx',
    dtype: 'fp32',
  },
  ...['qwen2-genai', 'qwen2-genai-int4'].map((from): Layout => ({
    name: `onnxruntime-genai with hidden states beside the logits: ${from}`,
    files: genai(from),
    build: (folder) => rewriteGraph(join(folder, 'model.onnx'), (graph) => shownStates(graph, 'beside')),
    graph: 'model.onnx',
  })),
  {
    name: 'onnxruntime-genai in 4-bit blocks',
    files: {
      ...tokenizer,
      [exported('qwen2-genai-int4/model.onnx')]: 'model.onnx',
      [exported('qwen2-genai-int4/model.onnx.data')]: 'model.onnx.data',
    },
    graph: 'model.onnx',
    dtype: 'q4',
  },
  {
    name: 'optimized by ONNX Runtime',
    files: one('qwen2-ort-extended.onnx', 'model.onnx'),
    graph: 'model.onnx',
  },
  {
    name: 'merged decoder',
    files: one('qwen2-merged.onnx', 'onnx/decoder_model_merged.onnx'),
    graph: 'onnx/decoder_model_merged.onnx',
  },
  {
    name: 'merged decoder, quantized',
    files: one('qwen2-merged-quantized.onnx', 'onnx/decoder_model_merged_quantized.onnx'),
    graph: 'onnx/decoder_model_merged_quantized.onnx',
    tolerance: INT8,
    dtype: 'int8',
  },
  {
    name: 'pair of decoders',
    files: tokenizer,
    build: pairOf,
    graph: 'decoder_model.onnx',
  },
  {
    name: 'decoder without a past, alone',
    files: tokenizer,
    build: async (folder) => {
      await pairOf(folder);
      await rm(join(folder, 'decoder_with_past_model.onnx'));
    },
    graph: 'decoder_model.onnx',
    cached: false,
  },
  {
    name: 'fp16',
    files: one('qwen2-fp16.onnx', 'onnx/model_fp16.onnx'),
    graph: 'onnx/model_fp16.onnx',
    tolerance: HALF,
    dtype: 'fp16',
  },
  {
    name: 'q4',
    files: one('qwen2-q4.onnx', 'onnx/model_q4.onnx'),
    options: { dtype: 'q4' },
    graph: 'onnx/model_q4.onnx',
    dtype: 'q4',
  },
  {
    name: 'q4f16',
    files: one('qwen2-q4f16.onnx', 'onnx/model_q4f16.onnx'),
    graph: 'onnx/model_q4f16.onnx',
    tolerance: HALF,
    dtype: 'q4f16',
  },
  {
    name: 'bnb4',
    files: one('qwen2-bnb4.onnx', 'onnx/model_bnb4.onnx'),
    graph: 'onnx/model_bnb4.onnx',
    dtype: 'bnb4',
  },
  {
    name: 'int8',
    files: one('qwen2-int8.onnx', 'onnx/model_int8.onnx'),
    graph: 'onnx/model_int8.onnx',
    tolerance: INT8,
    dtype: 'int8',
  },
  {
    name: 'quantized, as q8',
    files: { ...one('qwen2-int8.onnx', 'onnx/model_quantized.onnx'), [qwen2]: 'onnx/model.onnx' },
    options: { dtype: 'q8' },
    graph: 'onnx/model_quantized.onnx',
    tolerance: INT8,
    dtype: 'int8',
  },
  {
    name: 'uint8, chosen by its file',
    files: { ...one('qwen2-uint8.onnx', 'onnx/model_uint8.onnx'), [qwen2]: 'onnx/model.onnx' },
    options: { file: 'onnx/model_uint8.onnx' },
    graph: 'onnx/model_uint8.onnx',
    tolerance: INT8,
    dtype: 'uint8',
  },
  {
    name: 'quantized pair of decoders',
    files: {
      ...tokenizer,
      [join(fixtures, 'qwen2-legacy-quantized/decoder_model_quantized.onnx')]:
        'onnx/decoder_model_quantized.onnx',
      [join(fixtures, 'qwen2-legacy-quantized/decoder_with_past_model_quantized.onnx')]:
        'onnx/decoder_with_past_model_quantized.onnx',
    },
    options: { dtype: 'q8' },
    graph: 'onnx/decoder_model_quantized.onnx',
    tolerance: INT8,
    dtype: 'int8',
  },
  {
    name: 'int32 ids and a stacked cache',
    build: rewritten(tinyGpt2, (file) => rewriteGraph(file, forSearch)),
    graph: 'onnx/model.onnx',
  },
  {
    name: 'inside BeamSearch, weights beside the graph',
    build: inSearch('BeamSearch', {}, 'model.onnx.data'),
    graph: 'onnx/model.onnx',
  },
  {
    name: 'inside GreedySearch, with a graph of its own for the first step',
    build: inSearch('GreedySearch', { init: true }),
    graph: 'onnx/model.onnx',
  },
  {
    name: 'inside Sampling, with a padded head',
    build: inSearch('Sampling', { init: true, padding: 5 }),
    graph: 'onnx/model.onnx',
  },
  {
    name: 'keys and values side by side',
    build: rewritten({ ...tinyLlama, num_key_value_heads: 1 }, (file) =>
      rewriteGraph(file, (graph) => packedCache(graph, 'key_value')),
    ),
    graph: 'onnx/model.onnx',
  },
  {
    name: 'a cache in half precision, weights beside the graph',
    build: rewritten(tinyLlama, async (file) => {
      await rewriteGraph(file, (graph) =>
        castPorts(graph, /^(past_key_values|present)\./, DataType.FLOAT, DataType.FLOAT16),
      );
      await moveWeightsOut(file, 'model.onnx_data');
    }),
    graph: 'onnx/model.onnx',
    tolerance: HALF,
  },
  {
    name: 'token ids alone',
    build: rewritten(tinyGpt2, async (file) => {
      await removeCache(file);
      await rewriteGraph(file, idsOnly);
    }),
    graph: 'onnx/model.onnx',
    cached: false,
  },
  ...['num_logits_to_keep', 'logits_to_keep'].map((input): Layout => ({
    name: `hidden states cut before the head by ${input}`,
    build: rewritten(tinyLlama, (file) => rewriteGraph(file, (graph) => keptLogits(graph, input))),
    graph: 'onnx/model.onnx',
  })),
  {
    name: 'a cache as dynamo names it',
    build: rewritten(tinyLlama, (file) =>
      rewriteGraph(file, (graph) =>
        renamedCache(graph, (name) => {
          const [, side, layer, part] = /^(\w+)\.(\d)\.(\w+)$/.exec(name)!;
          const at = 2 * Number(layer) + Number(part === 'value');
          return side === 'present' ? `cat_${at}` : `past_key_values_${part}_cache_${layer}`;
        }),
      ),
    ),
    graph: 'onnx/model.onnx',
  },
  {
    name: 'a cache of names that say nothing',
    build: rewritten(tinyGpt2, (file) =>
      rewriteGraph(file, (graph) =>
        renamedCache(graph, (name) =>
          name.replace(/^(past|present)\w*/, (_, side) => `${side === 'past' ? 'old' : 'new'}`),
        ),
      ),
    ),
    graph: 'onnx/model.onnx',
  },
  ...([23, 24] as const).map((opset): Layout => ({
    name: `standard attention, rotary embedding and norms of operator set ${opset}`,
    build: (folder) => writeGraphFolder(folder, standardDecoder({ opset }), { model_type: 'standard' }),
    graph: 'model.onnx',
  })),
  ...operatorSets.map((opset): Layout => ({
    name: `operator set ${opset}`,
    build: (folder) => writeGraphFolder(folder, primitiveDecoder(opset), { model_type: 'gpt2' }),
    graph: 'model.onnx',
  })),
  {
    name: 'a GPT-2 fused by ONNX Runtime throughout',
    build: (folder) => writeGraphFolder(folder, fusedGpt2(), { model_type: 'gpt2' }),
    graph: 'model.onnx',
    dtype: 'fp32',
  },
  {
    name: 'inside BeamSearch, fused throughout',
    build: async (folder) => {
      await writeGraphFolder(folder, fusedGpt2(), { model_type: 'gpt2' });
      await putInSearch(join(folder, 'model.onnx'), 'BeamSearch');
    },
    graph: 'model.onnx',
  },
  {
    name: 'MultiHeadAttention',
    build: (folder) =>
      writeGraphFolder(folder, standardDecoder('MultiHeadAttention'), { model_type: 'standard' }),
    graph: 'model.onnx',
  },
  {
    name: 'a batch of one row',
    build: rewritten(tinyLlama, async (file) => {
      await removeCache(file);
      await rewriteGraph(file, oneRow);
    }),
    graph: 'onnx/model.onnx',
    cached: false,
  },
];

const prompts = [
  [5, 9, 60, 7, 31],
  [8, 4],
  [250, 35, 90],
];

/** The folder of a layout. */
async function folderOf({ files = {}, build }: Layout): Promise<string> {
  const folder = join(root, String(made++));
  await mkdir(folder);
  for (const [from, to] of Object.entries(files)) {
    await mkdir(dirname(join(folder, to)), { recursive: true });
    await copyFile(from, join(folder, to));
  }
  await build?.(folder);
  return folder;
}

async function tokensOf(stream: AsyncIterable<GeneratedToken>): Promise<number[]> {
  const tokens: number[] = [];
  for await (const { token } of stream) tokens.push(token);
  return tokens;
}

/** Sessions are opened by the dozen. */
const timeout = 120_000;

describe.each(layouts)('loadCausalLM of $name', { timeout }, (layout) => {
  const { graph, options = {}, tolerance = FLOAT32, cached = true, dtype } = layout;
  let folder: string;
  let lm: CausalLM;
  beforeAll(async () => {
    folder = await folderOf(layout);
    lm = await loadCausalLM(folder, { threads: 1, batchTokens: 12, ...options });
  }, timeout);
  afterAll(() => lm[Symbol.asyncDispose]());

  it('gives the logits of the graph that nobody has touched', async () => {
    await using full = await openFullGraph(join(folder, graph));
    const logits = await lm.project(await lm.capture(prompts));
    for (const [index, prompt] of prompts.entries())
      expectClose(row(logits, index), (await runFullGraph(full, [prompt], 'right'))[0]!, tolerance);
    expect(lm.info.runtime['graph']).toBe(graph);
  });

  it('captures what a tap on the whole graph shows', async () => {
    const { session, hiddenTensor } = await tapGraph(join(folder, graph));
    await using full = session;
    const captured = await lm.capture(prompts);
    for (const [index, prompt] of prompts.entries()) {
      const [shown] = await runFullGraph(full, [prompt], 'right', hiddenTensor);
      expectClose(row(captured, index), shown!, tolerance);
    }
  });

  it('generates in a batch what it generates one by one', async () => {
    // Rows end one after the other, so that the batch and its cache shrink.
    const requests = prompts.map((prompt, index) => ({ prompt, maxTokens: 2 + index }));
    const batch = lm.generateBatch(requests);
    for (const [index, { prompt, maxTokens }] of requests.entries())
      expect(await tokensOf(batch[index]!)).toEqual(await tokensOf(lm.generate(prompt, { maxTokens })));
  });

  it('captures in a batch what it captures one by one', async () => {
    const batch = await lm.capture(prompts);
    for (const [index, prompt] of prompts.entries())
      expectClose(row(batch, index), (await lm.capture([prompt])).data, Math.min(tolerance, 1e-2));
  });

  it('decodes from its cache what it would read anew', async () => {
    const tokens = [...prompts[0]!];
    for await (const { token, logProbability } of lm.generate(prompts[0]!, { maxTokens: 4 })) {
      const logits = (await lm.project(await lm.capture([tokens]))).data;
      const largest = logits.reduce((a, b) => Math.max(a, b));
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0);
      expectClose([logProbability], [logits[token]! - largest - Math.log(total)], tolerance);
      expect(largest - logits[token]!).toBeLessThan(tolerance === FLOAT32 ? 1e-5 : 2 * tolerance);
      tokens.push(token);
    }
    expect(tokens.length).toBeGreaterThan(prompts[0]!.length + 1);
  });

  it('is inspected as steerable', async () => {
    const found = await inspectModel(folder, { threads: 1, ...options });
    expect(found).toMatchObject({
      steerable: true,
      layers: lm.info.layers,
      hiddenSize: lm.info.hiddenSize,
      residuals: true,
      ...(dtype && { dtype }),
    });
    expect(found.cache !== null).toBe(cached);
    expect(found.selfCheck.maxAbsError).toBeLessThanOrEqual(1e-4 * found.selfCheck.maxAbsLogit);
    expect(found.files).toContain(graph);
  });
});

describe('loadCausalLM of any exporter', { timeout }, () => {
  const whole = layouts.filter(({ files, tolerance, build }) => files && !tolerance && !build);

  it.each(whole.filter(({ dtype }) => dtype === undefined || dtype === 'fp32'))(
    'reads the states of one checkpoint: $name',
    async (layout) => {
      await using lm = await loadCausalLM(await folderOf(layout), { threads: 1, ...layout.options });
      await using reference = await loadCausalLM(join(fixtures, 'qwen2-optimum'), { threads: 1 });
      expectClose((await lm.capture(prompts)).data, (await reference.capture(prompts)).data, FLOAT32);
      for (const layer of [0, 2])
        expectClose(
          (await lm.capture(prompts, { layer })).data,
          (await reference.capture(prompts, { layer })).data,
          FLOAT32,
        );
    },
  );

  it('computes the same at every operator set', async () => {
    const states = await Promise.all(
      layouts
        .filter(({ name }) => name.startsWith('operator set'))
        .map(async (layout) => {
          await using lm = await loadCausalLM(await folderOf(layout), { threads: 1 });
          return (await lm.capture(prompts)).data;
        }),
    );
    expect(states).toHaveLength(operatorSets.length);
    for (const other of states) expectClose(other, states[0]!, FLOAT32);
  });

  it('steps through a decoder that goes on from a past and has no other half', async () => {
    const folder = await folderOf({ name: 'with past', files: tokenizer, build: pairOf, graph: '' });
    await rm(join(folder, 'decoder_model.onnx'));
    await using lm = await loadCausalLM(folder, { threads: 1 });
    await using reference = await loadCausalLM(join(fixtures, 'qwen2-optimum'), { threads: 1 });
    expect(lm.info.runtime['graph']).toBe('decoder_with_past_model.onnx');
    expectClose((await lm.capture(prompts)).data, (await reference.capture(prompts)).data, FLOAT32);
    const generate = (model: CausalLM): Promise<number[]> =>
      tokensOf(model.generate(prompts[0]!, { maxTokens: 4 }));
    expect(await generate(lm)).toEqual(await generate(reference));
  });

  it.each(layouts.filter(({ name }) => /inside (Greedy|Beam)/.test(name)))(
    'decodes what ONNX Runtime itself generates: $name',
    async (layout) => {
      const folder = await folderOf(layout);
      await using search = await createGraphSession(join(folder, layout.graph), { threads: 1 });
      await using lm = await loadCausalLM(folder, { threads: 1 });
      for (const prompt of prompts) {
        const length = prompt.length + 6;
        const settings = {
          ...{ max_length: length, min_length: 1, num_beams: 1, num_return_sequences: 1 },
          ...{ length_penalty: 1, repetition_penalty: 1 },
        };
        const { sequences } = await search.run({
          input_ids: search.tensor(Int32Array.from(prompt), [1, prompt.length]),
          ...Object.fromEntries(
            search.inputs
              .filter(({ name }) => name !== 'input_ids')
              .map(({ name, type }) => {
                const value = settings[name as keyof typeof settings];
                return [name, search.tensor((type === 'int32' ? Int32Array : Float32Array).of(value), [1])];
              }),
          ),
        });
        const generated = await tokensOf(lm.generate(prompt, { maxTokens: 6 }));
        // What the operator writes behind an end of the text means nothing.
        const ended = generated.length < 6 ? [...generated, END_OF_TEXT] : generated;
        const written = Array.from(sequences!.data as Int32Array).slice(prompt.length);
        expect(ended).toEqual(written.slice(0, ended.length));
      }
    },
  );

  it('hashes external data too', async () => {
    const layout = layouts.find(({ name }) => name.startsWith('dynamo'))!;
    const folder = await folderOf(layout);
    const first = await loadCausalLM(folder, { threads: 1 });
    await first[Symbol.asyncDispose]();
    const data = join(folder, 'model.onnx.data');
    const bytes = await readFile(data);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(data, bytes);
    await using second = await loadCausalLM(folder, { threads: 1 });
    expect(second.info.sha256).not.toBe(first.info.sha256);
  });

  it('says which precisions there are instead of the one that is asked for', async () => {
    const folder = await folderOf(layouts[0]!);
    await cp(exported('qwen2-q4.onnx'), join(folder, 'onnx/model_q4.onnx'));
    await expect(loadCausalLM(folder, { dtype: 'fp16' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/onnx\/model_fp16\.onnx.*onnx\/model\.onnx, onnx\/model_q4\.onnx/),
    });
  });

  it('says of an export without a head that it has none', async () => {
    const folder = await folderOf({ name: 'no head', files: genai('qwen2-genai'), graph: '' });
    await rewriteGraph(join(folder, 'model.onnx'), (graph) => shownStates(graph, 'instead'));
    for (const attempt of [loadCausalLM, inspectModel])
      await expect(attempt(folder)).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringMatching(
          /got "hidden_states": this export has hidden states and no head.*exclude_lm_head/,
        ),
        details: { file: join(folder, 'model.onnx') },
      });
  });

  it('refuses a pair of graphs that are not of one model', async () => {
    const folder = await folderOf({ name: 'mixed', files: tokenizer, build: pairOf, graph: '' });
    const other = join(root, 'other');
    await writeRandomModel(other, tinyLlama);
    await copyFile(join(other, 'onnx/model.onnx'), join(folder, 'decoder_with_past_model.onnx'));
    await expect(loadCausalLM(folder)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(/graph with a past to have hidden size 64/),
    });
  });

  it('takes an .onnx file in a folder', async () => {
    const file = join(await folderOf(layouts[0]!), 'onnx', 'model.onnx');
    await using lm = await loadCausalLM(file, { threads: 1 });
    expect([lm.info.runtime['graph'], lm.info.family]).toEqual(['onnx/model.onnx', 'qwen2']);
    expect(basename(file)).toBe('model.onnx');
  });
});
