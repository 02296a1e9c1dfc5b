import { decodeModel, encodeModel } from '@sakejs/onnx';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
  ['a config without sizes', 'config.json', () => '{"model_type": "qwen2"}', 'invalid-file', /vocab_size/],
]; // prettier-ignore

const contradicting: [string, RegExp, string, RegExp][] = [
  ['hidden size', /"hidden_size": \d+/, '"hidden_size": 32', /hidden size of config.json, 32, got 64/],
  ['number of layers', /"num_hidden_layers": \d+/, '"num_hidden_layers": 7', /7, got 3 in the graph/],
  ['vocabulary', /"vocab_size": \d+/, '"vocab_size": 999', /999, got 320 in the graph/],
  ['heads', /"num_attention_heads": \d+/, '"head_dim": null, "num_attention_heads": 5', /does not divide/],
]; // prettier-ignore

describe('loadCausalLM of a hostile folder', () => {
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
