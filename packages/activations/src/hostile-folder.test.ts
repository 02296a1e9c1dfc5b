import {
  DataType,
  decodeModel,
  encodeModel,
  type OnnxGraph,
  type OnnxTensor,
  type OnnxValueInfo,
} from '@sakejs/onnx';
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCausalLM } from './load-causal-lm.js';

const fixture = fileURLToPath(new URL('../test/fixtures/qwen2-optimum', import.meta.url));
let root: string;
let made = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-hostile-folder-'));
});
afterAll(() => rm(root, { recursive: true }));

/** A copy of a good folder with one file spoiled. */
async function spoiled(file: string, spoil: (bytes: Buffer) => Uint8Array | string): Promise<string> {
  const folder = join(root, String(made++));
  await cp(fixture, folder, { recursive: true });
  await writeFile(join(folder, file), spoil(await readFile(join(folder, file))));
  return folder;
}

const replaced =
  (pattern: RegExp, by: string) =>
  (bytes: Buffer): string =>
    bytes.toString().replace(pattern, by);

/** The model with the values of its largest tensor in another file. */
function withExternalData(bytes: Buffer): Uint8Array {
  const model = decodeModel(bytes);
  const [first, ...others] = model.graph.initializers.toSorted(
    (a, b) => (b.rawData?.length ?? 0) - (a.rawData?.length ?? 0),
  );
  const { name, dims, dataType } = first!;
  const externalData = [{ key: 'location', value: 'model.onnx_data' }];
  const outside = { name, dims, dataType, dataLocation: 1, externalData };
  return encodeModel({ ...model, graph: { ...model.graph, initializers: [outside, ...others] } });
}

const broken: [string, string, (bytes: Buffer) => Uint8Array | string, string, RegExp][] = [
  ['a graph that is cut off', 'model.onnx', (b) => b.subarray(0, b.length / 2), 'invalid-file', /premature EOF/],
  ['a graph that lacks its last byte', 'model.onnx', (b) => b.subarray(0, -1), 'invalid-file', /premature EOF/],
  ['an empty graph', 'model.onnx', () => '', 'invalid-file', /0 bytes/],
  ['a pointer to a large file', 'model.onnx', () => 'version https://git-lfs.github.com/spec/v1\n', 'invalid-file', /not ONNX/],
  ['weights in a file that is missing', 'model.onnx', withExternalData, 'not-found', /model\.onnx_data for the external data of '/],
  ['a tokenizer without a model', 'tokenizer.json', () => '{}', 'invalid-file', /"model" property/],
  ['a tokenizer that is cut off', 'tokenizer.json', (b) => b.subarray(0, 900), 'invalid-file', /hold JSON/],
  ['a tokenizer config that is a list', 'tokenizer_config.json', () => '[]', 'invalid-file', /JSON object/],
  ['a config whose sizes are none', 'config.json', () => '{"vocab_size": 0, "hidden_size": "64"}', 'invalid-file', /vocab_size.*hidden_size/],
]; // prettier-ignore

/** The graph with another input of one node. */
function reading(graph: OnnxGraph, node: string, input: number, name: string): OnnxGraph {
  const nodes = graph.nodes.map((one) =>
    one.name === node ? { ...one, inputs: one.inputs.with(input, name) } : one,
  );
  return { ...graph, nodes };
}

const EMBEDDING = 'model.embed_tokens.weight';

/** The graph whose tensor says something else of itself; what is undefined is left out. */
function claiming(
  graph: OnnxGraph,
  claim: Partial<Record<keyof OnnxTensor, unknown>>,
  name: string = EMBEDDING,
): OnnxGraph {
  const claimed = (tensor: OnnxTensor): OnnxTensor =>
    Object.fromEntries(
      Object.entries({ ...tensor, ...claim }).filter(([, value]) => value !== undefined),
    ) as unknown as OnnxTensor;
  return {
    ...graph,
    initializers: graph.initializers.map((tensor) => (tensor.name === name ? claimed(tensor) : tensor)),
  };
}

const outside = (location: string): Partial<Record<keyof OnnxTensor, unknown>> => ({
  rawData: undefined,
  dataLocation: 1,
  externalData: [{ key: 'location', value: location }],
});

function typed(input: OnnxValueInfo, elemType: number): OnnxValueInfo {
  return { ...input, type: { ...input.type, tensor: { ...input.type!.tensor!, elemType } } };
}

/** What is wrong with a graph, and the tensor that an error names. */
const malformed: [string, (graph: OnnxGraph) => OnnxGraph, string, string, RegExp][] = [
  ['a cycle', (g) => reading(g, '/lm_head/MatMul', 0, 'logits'), 'logits', 'invalid-file', /a cycle of 1 nodes/],
  ['a node that reads what nothing makes', (g) => reading(g, '/lm_head/MatMul', 0, 'nowhere'), 'nowhere', 'invalid-file', /MatMul "\/lm_head\/MatMul" reads/],
  ['two nodes that make a tensor', (g) => ({ ...g, nodes: [...g.nodes, g.nodes.find(({ name }) => name === '/lm_head/MatMul')!] }), 'logits', 'invalid-file', /one producer of "/],
  ['ids that are floats', (g) => ({ ...g, inputs: g.inputs.map((input) => input.name === 'input_ids' ? typed(input, DataType.FLOAT) : input) }), 'input_ids', 'invalid-file', /INT64 or INT32, got FLOAT/],
  ['a weight of half the type that it claims', (g) => claiming(g, { dataType: DataType.DOUBLE }), EMBEDDING, 'invalid-file', /bytes of the initializer/],
  ['a norm that is integers by its type', (g) => claiming(g, { dataType: DataType.INT32 }, 'model.norm.weight'), 'model.norm.weight', 'invalid-file', /in node \(\/model\/norm\/Mul_1\)\. \(tensor model\.norm\.weight, INT32\)$/],
  ['a bias that is integers by its type', (g) => claiming(g, { dataType: DataType.UINT32 }, 'model.layers.1.self_attn.q_proj.bias'), 'model.layers.1.self_attn.q_proj.bias', 'invalid-file', /tensor\(uint32\)/],
  ['an embedding that is integers by its type', (g) => claiming(g, { dataType: DataType.INT32 }), EMBEDDING, 'invalid-file', /\(tensor model\.embed_tokens\.weight, INT32\)$/],
  ['a matrix of other sizes', (g) => claiming(g, { dims: [32, 128] }, 'onnx::MatMul_1037'), 'onnx::MatMul_1037', 'invalid-file', /q_proj\/MatMul/],
  ['a weight that claims 2 GB', (g) => claiming(g, { dims: [2 ** 23, 64] }), EMBEDDING, 'invalid-file', /expected 2147483648 bytes/],
  ['a weight that claims 2 GB and lists none', (g) => claiming(g, { dims: [2 ** 23, 64], rawData: undefined }), EMBEDDING, 'invalid-file', /expected 536870912 values/],
  ['a weight outside of the folder', (g) => claiming(g, outside('../secret')), EMBEDDING, 'invalid-file', /within the graph's folder/],
  ['a weight at an absolute path', (g) => claiming(g, outside('/etc/passwd')), EMBEDDING, 'invalid-file', /within the graph's folder/],
  ['a weight that claims more than its file has', (g) => claiming(g, outside('tokenizer.json')), EMBEDDING, 'invalid-file', /a file of \d+ bytes/],
  ['a weight in a file that is not there', (g) => claiming(g, outside('nothing.bin')), EMBEDDING, 'not-found', /nothing\.bin/],
]; // prettier-ignore

const contradicting: [string, RegExp, string, RegExp][] = [
  ['hidden size', /"hidden_size": \d+/, '"hidden_size": 32', /hidden size of config.json, 32, got 64/],
  ['number of layers', /"num_hidden_layers": \d+/, '"num_hidden_layers": 7', /7, got 3 in the graph/],
  ['vocabulary', /"vocab_size": \d+/, '"vocab_size": 999', /999, got 320 in the graph/],
  ['heads', /"num_attention_heads": \d+/, '"head_dim": null, "num_attention_heads": 5', /does not divide/],
]; // prettier-ignore

describe('loadCausalLM of a hostile folder', () => {
  it.each(malformed)('names file and tensor of %s', async (_, damage, tensor, code, message) => {
    const folder = await spoiled('model.onnx', (bytes) => {
      const model = decodeModel(bytes);
      return encodeModel({ ...model, graph: damage(model.graph) });
    });
    await expect(loadCausalLM(folder)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      details: { file: join(folder, 'model.onnx'), tensor },
    });
  });

  it('names the tokenizer that is missing', async () => {
    const folder = await spoiled('tokenizer.json', () => '{}');
    await rm(join(folder, 'tokenizer.json'));
    await expect(loadCausalLM(folder)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining(`tokenizer.json in ${folder}`),
    });
  });

  it('refuses a graph of 2 GiB before it reads it', async () => {
    const folder = await spoiled('model.onnx', () => '');
    // Holds no data on the disk.
    await truncate(join(folder, 'model.onnx'), 2 ** 31);
    await expect(loadCausalLM(folder)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('2147483648 bytes; save its weights as external data'),
      details: { file: join(folder, 'model.onnx') },
    });
  });

  it.each(broken)('names the file of %s', async (_, file, spoil, code, message) => {
    const folder = await spoiled(file, spoil);
    const loading = loadCausalLM(folder);
    await expect(loading).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    await expect(loading).rejects.toThrow(join(folder, file));
  });

  it.each(contradicting)(
    'says what config.json and the graph disagree on: %s',
    async (_, from, to, message) => {
      const folder = await spoiled('config.json', replaced(from, to));
      const loading = loadCausalLM(folder);
      await expect(loading).rejects.toMatchObject({
        code: 'invalid-file',
        message: expect.stringMatching(message),
      });
      await expect(loading).rejects.toThrow(folder);
    },
  );
});
