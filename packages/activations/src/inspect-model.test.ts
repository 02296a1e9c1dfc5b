import { DataType, decodeModel, encodeModel, GraphBuilder, type OnnxGraph } from '@sakejs/onnx';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rewriteGraph } from '../test/graph-forms.js';
import { inspectModel, STEERABLE_ERROR } from './inspect-model.js';
import { readModelFolder } from './model-folder.js';
import { cutModel } from './open-model.js';
import { selfCheck } from './self-check.js';

const fixture = fileURLToPath(new URL('../test/fixtures/qwen2-optimum', import.meta.url));
const HIDDEN = '/model/norm/Mul_1_output_0';
let root: string;
let made = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sakejs-inspect-'));
});
afterAll(() => rm(root, { recursive: true }));

/** A folder with the exporter's graph alone, rewritten. */
async function graphFolder(rewrite: (graph: OnnxGraph) => OnnxGraph = (graph) => graph): Promise<string> {
  const folder = join(root, String(made++));
  await mkdir(folder);
  const file = join(folder, 'model.onnx');
  await copyFile(join(fixture, 'model.onnx'), file);
  await rewriteGraph(file, rewrite);
  return folder;
}

describe('inspectModel', { timeout: 60_000 }, () => {
  it('needs neither a tokenizer nor a config', async () => {
    expect(await inspectModel(await graphFolder(), { threads: 1 })).toEqual({
      family: 'unknown',
      hiddenSize: 64,
      layers: 3,
      vocabulary: 320,
      head: { node: '/lm_head/MatMul', op: 'MatMul' },
      hiddenTensor: HIDDEN,
      residuals: true,
      cache: { layers: 3, inputs: ['past_key_values.N.key', 'past_key_values.N.value'], dtype: 'FLOAT' },
      dtype: 'fp32',
      files: ['model.onnx'],
      device: 'cpu',
      steerable: true,
      selfCheck: { maxAbsError: expect.any(Number), maxAbsLogit: expect.any(Number) },
    });
  });

  it('gives the same numbers again', async () => {
    const folder = await graphFolder();
    const first = await inspectModel(folder, { threads: 1 });
    expect(await inspectModel(join(folder, 'model.onnx'), { threads: 1 })).toEqual(first);
    expect(first.selfCheck.maxAbsLogit).toBeGreaterThan(1);
  });

  it('names what a graph without a head is made of', async () => {
    const folder = await graphFolder((graph) => ({
      ...graph,
      nodes: graph.nodes.map((node) =>
        node.outputs.includes('logits') ? { ...node, opType: 'Identity', inputs: [HIDDEN] } : node,
      ),
    }));
    await expect(inspectModel(folder)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/^inspectModel: .*model\.onnx: findDecoder: /),
      details: { file: join(folder, 'model.onnx') },
    });
  });

  it('refuses a graph that is no decoder', async () => {
    const builder = new GraphBuilder('sum');
    builder.input('a', DataType.FLOAT, [2]);
    builder.node('Add', ['a', 'a'], { outputs: ['b'] });
    builder.output('b', DataType.FLOAT, [2]);
    const file = join(root, 'sum.onnx');
    await writeFile(file, encodeModel(builder.build({ opset: 17 })));
    await expect(inspectModel(file)).rejects.toMatchObject({ code: 'unsupported', details: { file } });
  });

  it('refuses an input that it has no value for', async () => {
    const folder = await graphFolder((graph) => {
      const named = (name: string): string => (name === 'position_ids' ? 'token_type_ids' : name);
      return {
        ...graph,
        inputs: graph.inputs.map((input) => ({ ...input, name: named(input.name) })),
        nodes: graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(named) })),
      };
    });
    await expect(inspectModel(folder)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('token_type_ids'),
      details: { file: join(folder, 'model.onnx'), tensor: 'token_type_ids' },
    });
  });

  it("refuses another model's config, naming the tensor", async () => {
    const folder = await graphFolder();
    const config = JSON.parse(await readFile(join(fixture, 'config.json'), 'utf8')) as object;
    await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, hidden_size: 32 }));
    await expect(inspectModel(folder)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(/hidden size of config.json, 32, got 64/),
      details: { tensor: HIDDEN },
    });
  });
});

describe('selfCheck', { timeout: 60_000 }, () => {
  it('tells the logits of another head from those of the graph', async () => {
    const cut = await cutModel(await readModelFolder(fixture), undefined, 'selfCheck');
    const { graph, ...model } = decodeModel(cut.split.head);
    const initializers = graph.initializers.map((tensor) =>
      tensor.dataType === DataType.FLOAT
        ? { ...tensor, rawData: new Uint8Array(tensor.rawData!.length) }
        : tensor,
    );
    const head = encodeModel({ ...model, graph: { ...graph, initializers } });
    const { maxAbsError, maxAbsLogit } = await selfCheck(
      { ...cut, split: { ...cut.split, head } },
      { threads: 1, device: 'cpu' },
    );
    // A head of zeros is as wrong as the largest logit.
    expect(maxAbsError).toBe(maxAbsLogit);
    expect(maxAbsError).toBeGreaterThan(STEERABLE_ERROR * maxAbsLogit);
  });
});
