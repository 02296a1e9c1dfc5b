import { decodeModel, encodeModel, type OnnxModel, type OnnxTensor } from '@sakejs/onnx';
import {
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placeExternalData, type PlacedModel } from './external-data.js';
import { createGraphSession } from './graph-session.js';

const genai = fileURLToPath(new URL('../../onnx/test/fixtures/qwen2-genai', import.meta.url));
const GRAPH = 'model.onnx';
const DATA = 'model.onnx.data';
const SIZE = 609536;
let root: string;
let made = 0;
let model: OnnxModel;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'sakejs-external-data-')));
  model = decodeModel(await readFile(join(genai, GRAPH)));
});
afterAll(() => rm(root, { recursive: true }));

/** An empty folder. */
async function fresh(...steps: string[]): Promise<string> {
  const folder = join(root, String(made++), ...steps);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** A folder with the graph and its data. */
async function withData(): Promise<string> {
  const folder = await fresh();
  await copyFile(join(genai, GRAPH), join(folder, GRAPH));
  await copyFile(join(genai, DATA), join(folder, DATA));
  return folder;
}

const place = (folder: string, changed: OnnxModel = model): Promise<PlacedModel> =>
  placeExternalData(changed, { file: join(folder, GRAPH), root: folder });

/** The model with other entries for its first external tensor; an undefined one is left out. */
function changed(
  entries: Readonly<Record<string, string | undefined>>,
  change: Partial<OnnxTensor> = {},
): { readonly model: OnnxModel; readonly tensor: string } {
  const { initializers } = model.graph;
  const at = initializers.findIndex(({ dataLocation }) => dataLocation === 1);
  const tensor = initializers[at]!;
  const known = Object.fromEntries(tensor.externalData!.map(({ key, value }) => [key, value]));
  const externalData = Object.entries({ ...known, ...entries }).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value }],
  );
  return {
    tensor: tensor.name,
    model: {
      ...model,
      graph: { ...model.graph, initializers: initializers.with(at, { ...tensor, ...change, externalData }) },
    },
  };
}

/** That ONNX Runtime takes the placed graph as bytes. */
async function expectRuns({ model: placed, folder }: PlacedModel): Promise<void> {
  await using session = await createGraphSession(encodeModel(placed), {
    threads: 1,
    externalDataFolder: folder!,
  });
  expect(session.outputs[0]!.name).toBe('logits');
}

describe('placeExternalData', () => {
  it('leaves a graph that holds its weights as it is', async () => {
    const graph = { ...model.graph, initializers: [] };
    const inline = { ...model, graph };
    expect(await place(root, inline)).toEqual({ model: inline, folder: undefined, files: [] });
  });

  it('finds the data beside the graph, and writes nothing', async () => {
    const folder = await withData();
    const placed = await place(folder);
    expect(placed.folder).toBe(folder);
    expect(placed.files).toEqual([{ location: DATA, path: join(folder, DATA), size: SIZE }]);
    await expectRuns(placed);
    expect((await readdir(folder)).sort()).toEqual([GRAPH, DATA]);
  });

  it("follows the Hugging Face cache's links into the repository's blobs", async () => {
    const repository = await fresh('models--org--name');
    const snapshot = join(repository, 'snapshots', 'c0ffee');
    await mkdir(join(repository, 'blobs'));
    await mkdir(join(snapshot, 'onnx'), { recursive: true });
    for (const [name, blob] of [
      [GRAPH, 'aaaa'],
      [DATA, 'bbbb'],
    ] as const) {
      await copyFile(join(genai, name), join(repository, 'blobs', blob));
      await symlink(`../../../blobs/${blob}`, join(snapshot, 'onnx', name));
    }
    const placed = await placeExternalData(model, { file: join(snapshot, 'onnx', GRAPH), root: snapshot });
    expect(placed.folder).toBe(join(repository, 'blobs'));
    expect(placed.files).toEqual([{ location: DATA, path: join(repository, 'blobs', 'bbbb'), size: SIZE }]);
    await expectRuns(placed);
  });

  it('takes links and hard links within the folder, and files below it', async () => {
    const folder = await withData();
    await mkdir(join(folder, 'sub'));
    await link(join(folder, DATA), join(folder, 'sub', 'weights'));
    await rm(join(folder, DATA));
    await symlink('sub/weights', join(folder, DATA));
    const { model: two } = changed({ location: 'sub/../sub/weights' });
    const placed = await place(folder, two);
    expect(placed.folder).toBe(join(folder, 'sub'));
    await expectRuns(placed);
  });

  it('names the file and the tensor of data that is missing', async () => {
    const folder = await fresh();
    await expect(place(folder)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/external data of '.+' in model\.onnx.*ENOENT/),
      details: { file: join(folder, GRAPH), location: DATA },
    });
  });

  it('refuses links that leave the folder, also by way of a folder', async () => {
    const elsewhere = await withData();
    const folder = await fresh();
    await symlink(join(elsewhere, DATA), join(folder, DATA));
    const message = expect.stringMatching(/a link to .*model\.onnx\.data/);
    await expect(place(folder)).rejects.toMatchObject({ code: 'invalid-file', message });
    await symlink(elsewhere, join(folder, 'sub'));
    const { model: below } = changed({ location: `sub/${DATA}` });
    await expect(place(folder, below)).rejects.toMatchObject({ code: 'invalid-file', message });
  });

  it("refuses links into another repository's blobs, and blobs that are a link to elsewhere", async () => {
    const other = await fresh('models--org--other', 'blobs');
    await copyFile(join(genai, DATA), join(other, 'bbbb'));
    const snapshot = await fresh('models--org--name', 'snapshots', 'c0ffee');
    await symlink(join(other, 'bbbb'), join(snapshot, DATA));
    await expect(place(snapshot)).rejects.toMatchObject({ code: 'invalid-file' });
    await symlink(other, join(snapshot, '..', '..', 'blobs'));
    await expect(place(snapshot)).rejects.toMatchObject({ code: 'invalid-file' });
  });

  it.each([
    '../model.onnx.data',
    'sub/../../model.onnx.data',
    '/etc/passwd',
    'C:\\weights',
    'c:weights',
    '..\\model.onnx.data',
    '\\\\server\\share\\weights',
    'model.onnx.data\0',
    '..',
  ])('refuses the location %j', async (location) => {
    const { model: hostile, tensor } = changed({ location });
    await expect(place(await withData(), hostile)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(/a path within the graph's folder/),
      details: { tensor, location },
    });
  });

  it("refuses ONNX Runtime's name for memory, a folder, and no location at all", async () => {
    const folder = await withData();
    await expect(place(folder, changed({ location: '*/_ORT_MEM_ADDR_/*' }).model)).rejects.toMatchObject({
      code: 'not-found',
    });
    await expect(place(folder, changed({ location: '.' }).model)).rejects.toThrow(/which is none/);
    await expect(place(folder, changed({ location: undefined }).model)).rejects.toThrow(/a location/);
  });

  it.each([
    ['an offset behind the end', { offset: String(SIZE) }, {}, /a file of 609536 bytes/],
    ['a negative offset', { offset: '-1' }, {}, /a number of bytes as offset.*"-1"/],
    ['an offset beyond 2^53', { offset: '9007199254740993' }, {}, /a number of bytes as offset/],
    ['an offset that is no number', { offset: '0x10' }, {}, /a number of bytes as offset/],
    ['a length that is not the shape', { length: '12' }, {}, /256 bytes.*a length of 12/],
    ['a length beyond the file', { length: undefined, offset: '609500' }, {}, /bytes 609500 to 609756/],
    ['a shape of terabytes', { length: undefined }, { dims: [2 ** 20, 2 ** 20] }, /a file of 609536 bytes/],
    ['a shape whose size overflows', {}, { dims: [2 ** 40, 2 ** 40] }, /a shape.*got \[1099511627776/],
    ['a negative size', {}, { dims: [-1, 64] }, /a shape.*got \[-1, 64\]/],
    ['strings', {}, { dataType: 8 }, /an element type of fixed size.*STRING/],
  ] as const)('refuses %s', async (_, entries, change, message) => {
    const { model: hostile, tensor } = changed(entries, { ...change } as Partial<OnnxTensor>);
    await expect(place(await withData(), hostile)).rejects.toMatchObject({
      code: 'invalid-file',
      message: expect.stringMatching(message),
      details: { tensor },
    });
  });

  it('finds tensors inside constants and nested graphs', async () => {
    const folder = await withData();
    const outside: OnnxTensor = {
      name: 'inner',
      dims: [2],
      dataType: 1,
      dataLocation: 1,
      externalData: [{ key: 'location', value: '../secret' }],
    };
    const constant = {
      opType: 'Constant',
      domain: '',
      name: 'c',
      inputs: [],
      outputs: ['c'],
      attributes: [{ name: 'value', type: 4, t: outside }],
    };
    const nested = {
      ...constant,
      opType: 'If',
      attributes: [
        { name: 'then_branch', type: 5, g: { ...model.graph, nodes: [constant], initializers: [] } },
      ],
    };
    const deep = { ...model, graph: { ...model.graph, nodes: [...model.graph.nodes, nested] } };
    await expect(place(folder, deep)).rejects.toMatchObject({ details: { tensor: 'inner' } });
  });

  it('refuses a file that has shrunk below what the graph claims', async () => {
    const folder = await withData();
    await writeFile(join(folder, DATA), (await readFile(join(genai, DATA))).subarray(0, SIZE - 1));
    await expect(place(folder)).rejects.toThrow(/a file of 609535 bytes/);
  });
});
