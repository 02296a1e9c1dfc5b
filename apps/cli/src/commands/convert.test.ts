import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHubServer, type Content, type HubServer } from '@sakejs/hub/testing';
import { createRandom, writeSafetensors, type SafetensorsTensor } from '@sakejs/spec';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { sake, temporaryFolder } from '../../test/sake.js';

const config = {
  model_type: 'gpt2',
  vocab_size: 40,
  n_embd: 16,
  n_layer: 1,
  n_head: 2,
  n_positions: 12,
};

/** A GPT-2 of one block, written tensor by tensor as its library names them. */
function writeGpt2(folder: string): string {
  const random = createRandom('convert command');
  const tensor = (...shape: number[]): SafetensorsTensor => ({
    dtype: 'F32',
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal()),
  });
  const linear = (name: string, from: number, to: number): Record<string, SafetensorsTensor> => ({
    [`${name}.weight`]: tensor(from, to),
    [`${name}.bias`]: tensor(to),
  });
  const norm = (name: string): Record<string, SafetensorsTensor> => ({
    [`${name}.weight`]: tensor(16),
    [`${name}.bias`]: tensor(16),
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  writeFileSync(
    join(folder, 'model.safetensors'),
    writeSafetensors({
      tensors: {
        'wte.weight': tensor(40, 16),
        'wpe.weight': tensor(12, 16),
        ...norm('h.0.ln_1'),
        ...linear('h.0.attn.c_attn', 16, 48),
        ...linear('h.0.attn.c_proj', 16, 16),
        ...norm('h.0.ln_2'),
        ...linear('h.0.mlp.c_fc', 16, 64),
        ...linear('h.0.mlp.c_proj', 64, 16),
        ...norm('ln_f'),
      },
    }),
  );
  return folder;
}

describe('sake convert', () => {
  it('writes a model folder, and says on stderr that it cannot read text', async () => {
    const checkpoint = writeGpt2(join(temporaryFolder(), 'gpt2'));
    const out = join(temporaryFolder(), 'model');
    const { status, out: text, err } = await sake('convert', checkpoint, '--out', out);
    expect(status).toBe(0);
    expect(text).toMatch(/model: gpt2, 1 M parameters, 0\.0 MB of weights in fp32, \d+s\n$/);
    expect(err).toMatch(/^note: .*has no tokenizer\.json and no tokenizer_config\.json[^\n]*\n$/);
    expect(readdirSync(out).sort()).toEqual(['config.json', 'onnx']);
    expect(readdirSync(join(out, 'onnx'))).toEqual(['model.onnx']);
  });

  it('says what it made as JSON', async () => {
    const checkpoint = writeGpt2(join(temporaryFolder(), 'gpt2'));
    const out = join(temporaryFolder(), 'model');
    const { status, out: text } = await sake('convert', checkpoint, '--out', out, '--dtype', 'q4', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(text)).toMatchObject({
      folder: out,
      files: ['config.json', 'onnx/model_q4.onnx'],
      family: 'gpt2',
      dtype: 'q4',
      parameters: 4144,
      missing: ['tokenizer.json', 'tokenizer_config.json'],
    });
  });

  it('replaces a model only when told to', async () => {
    const checkpoint = writeGpt2(join(temporaryFolder(), 'gpt2'));
    const out = join(temporaryFolder(), 'model');
    await sake('convert', checkpoint, '--out', out);
    const before = readFileSync(join(out, 'onnx/model.onnx'));
    const refused = await sake('convert', checkpoint, '--out', out, '--dtype', 'fp16');
    expect(refused).toMatchObject({ status: 2, out: '', err: expect.stringMatching(/new or empty folder/) });
    expect(readFileSync(join(out, 'onnx/model.onnx')).equals(before)).toBe(true);
    const done = await sake('convert', checkpoint, '--out', out, '--dtype', 'fp16', '--replace');
    expect(done.status).toBe(0);
    expect(readdirSync(join(out, 'onnx'))).toEqual(['model_fp16.onnx']);
  });

  it('ends with the status of what is wrong, and writes nothing', async () => {
    const checkpoint = writeGpt2(join(temporaryFolder(), 'gpt2'));
    const parent = temporaryFolder();
    const out = join(parent, 'model');
    const convert = (folder: string, ...flags: string[]): ReturnType<typeof sake> =>
      sake('convert', folder, '--out', out, ...flags);
    expect(await convert(checkpoint, '--dtype', 'q5')).toMatchObject({
      status: 2,
      err: expect.stringMatching(/--dtype: expected one of fp32, fp16, q8, q4/),
    });
    expect((await sake('convert', checkpoint)).status).toBe(2);
    expect((await convert(join(parent, 'nowhere'))).status).toBe(3);
    writeFileSync(join(checkpoint, 'config.json'), JSON.stringify({ ...config, model_type: 'bert' }));
    expect(await convert(checkpoint, '--json')).toMatchObject({
      status: 2,
      out: expect.stringMatching(/"code":"unsupported"/),
    });
    rmSync(join(checkpoint, 'model.safetensors'));
    writeFileSync(join(checkpoint, 'pytorch_model.bin'), '');
    expect(await convert(checkpoint)).toMatchObject({
      status: 3,
      err: expect.stringMatching(/only pytorch_model\.bin; this reads safetensors/),
    });
    expect(readdirSync(parent)).toEqual([]);
  });
});

const COMMIT = 'c'.repeat(40);

/** A hub with the files of a folder as `owner/name`, which the environment points to. */
async function hubOf(folder: string): Promise<HubServer> {
  const server = await startHubServer();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const files = readdirSync(folder).map((name): [string, Content] => {
    const bytes = readFileSync(join(folder, name));
    const etag = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
    return [name, { size: bytes.length, etag, lfs: false, bytes: (start) => [bytes.subarray(start)] }];
  });
  server.commit('owner/name', COMMIT, Object.fromEntries(files));
  vi.stubEnv('HF_ENDPOINT', server.endpoint);
  vi.stubEnv('HF_HOME', temporaryFolder());
  vi.stubEnv('HF_HUB_OFFLINE', '');
  onTestFinished(() => void vi.unstubAllEnvs());
  return server;
}

describe('sake convert of a hub id', () => {
  it('downloads the checkpoint and converts what it would of its folder', async () => {
    const checkpoint = writeGpt2(join(temporaryFolder(), 'gpt2'));
    writeFileSync(join(checkpoint, 'pytorch_model.bin'), 'pickled');
    const server = await hubOf(checkpoint);
    const [local, out] = [join(temporaryFolder(), 'local'), join(temporaryFolder(), 'model')];
    await sake('convert', checkpoint, '--out', local);
    const { status, out: text, err } = await sake('convert', 'owner/name', '--out', out, '--json');
    expect([status, err]).toEqual([0, expect.stringMatching(/^downloading .* MiB of 2 files/)]);
    expect(JSON.parse(text)).toMatchObject({
      checkpoint: `owner/name@${COMMIT}`,
      folder: out,
      family: 'gpt2',
    });
    const graph = (folder: string): Buffer => readFileSync(join(folder, 'onnx/model.onnx'));
    expect(graph(out).equals(graph(local))).toBe(true);
    expect(server.served.some(({ path }) => path.endsWith('.bin'))).toBe(false);

    const served = server.served.length;
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    const again = await sake('convert', `owner/name@${COMMIT}`, '--out', join(temporaryFolder(), 'again'));
    expect([again.status, server.served.length]).toEqual([0, served]);
  });

  it('says what is wrong in one line, and writes nothing', async () => {
    const checkpoint = writeGpt2(join(temporaryFolder(), 'gpt2'));
    rmSync(join(checkpoint, 'model.safetensors'));
    writeFileSync(join(checkpoint, 'pytorch_model.bin'), 'pickled');
    await hubOf(checkpoint);
    const parent = temporaryFolder();
    const convert = (id: string): ReturnType<typeof sake> =>
      sake('convert', id, '--out', join(parent, 'model'));
    expect(await convert('owner/name')).toMatchObject({
      status: 3,
      out: '',
      err: expect.stringMatching(
        /^error: [^\n]*model\.safetensors[^\n]*weights are pickled \(\.bin\)[^\n]*\n$/,
      ),
    });
    expect(await convert('owner/nothing')).toMatchObject({
      out: '',
      err: expect.stringMatching(/^error: [^\n]*owner\/nothing[^\n]*\n$/),
    });
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    expect(await convert('owner/name')).toMatchObject({
      status: 3,
      err: expect.stringMatching(/HF_HUB_OFFLINE=1/),
    });
    expect(readdirSync(parent)).toEqual([]);
  });
});
