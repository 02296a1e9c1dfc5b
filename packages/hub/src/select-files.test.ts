import { describe, expect, it } from 'vitest';
import type { GraphDtype } from '@sakejs/spec';
import { checkSelection, inTheCache, onTheHub, selectFiles, type Selection } from './select-files.js';

const place = onTheHub('owner/name at main');
function select(paths: readonly string[], selection: Selection = {}): { entry: string; files: string[] } {
  const { entry, files } = selectFiles(
    paths.map((path) => ({ path })),
    selection,
    place,
  );
  return { entry, files: files.map(({ path }) => path) };
}
function failure(paths: readonly string[], selection: Selection = {}): string {
  try {
    select(paths, selection);
  } catch (error) {
    expect(error).toMatchObject({ code: 'not-found', details: { reason: 'file' } });
    return (error as Error).message;
  }
  throw new Error('expected a refusal');
}

const dtypes = ['', '_fp16', '_int8', '_uint8', '_quantized', '_q4', '_q4f16', '_bnb4'];
const transformersJs = dtypes.flatMap((ending) => [
  `onnx/model${ending}.onnx`,
  `onnx/model${ending}.onnx_data`,
]);
const shards = [1, 2, 3].map((number) => `model-0000${number}-of-00003.safetensors`);
const index = 'model.safetensors.index.json';

describe('selectFiles', () => {
  it.each<[GraphDtype | undefined, string]>([
    [undefined, ''],
    ['fp32', ''],
    ['fp16', '_fp16'],
    ['q8', '_quantized'],
    ['quantized', '_quantized'],
    ['int8', '_int8'],
    ['uint8', '_uint8'],
    ['q4', '_q4'],
    ['q4f16', '_q4f16'],
    ['bnb4', '_bnb4'],
  ])('finds dtype %s with its own external data alone', (dtype, ending) => {
    expect(select(transformersJs, dtype === undefined ? {} : { dtype })).toEqual({
      entry: `onnx/model${ending}.onnx`,
      files: [`onnx/model${ending}.onnx_data`, `onnx/model${ending}.onnx`],
    });
  });

  it('brings external data in every form of its name', () => {
    const data = ['model.onnx.data', 'model.onnx_data', 'model.onnx_data_1', 'model.onnx_data_12'];
    const others = [
      'model.onnx_data.bak',
      'model.onnx.md',
      'model_q4.onnx_data',
      'other.onnx_data',
      'model.onnx_datax',
    ];
    expect(select(['model.onnx', ...data, ...others]).files).toEqual([...data, 'model.onnx']);
  });

  it.each([
    [['model.onnx', 'onnx/model.onnx'], 'onnx/model.onnx'],
    [['decoder_model.onnx', 'decoder_with_past_model.onnx', 'model.onnx'], 'model.onnx'],
    [
      ['onnx/decoder_model.onnx', 'onnx/decoder_model_merged.onnx', 'onnx/decoder_with_past_model.onnx'],
      'onnx/decoder_model_merged.onnx',
    ],
    [['decoder_model.onnx', 'decoder_with_past_model.onnx'], 'decoder_model.onnx'],
    [['decoder_with_past_model.onnx'], 'decoder_with_past_model.onnx'],
    [['decoder_model.onnx'], 'decoder_model.onnx'],
    [['cpu_and_mobile/cpu-int4/model.onnx'], 'cpu_and_mobile/cpu-int4/model.onnx'],
    [['onnx/model_q4.onnx'], 'onnx/model_q4.onnx'],
    [['onnx/model_q4.onnx', 'onnx/model_fp16.onnx', 'onnx/model_q8.onnx'], 'onnx/model_fp16.onnx'],
    [['onnx/model_q4.onnx', 'onnx/model_q8.onnx'], 'onnx/model_q8.onnx'],
    [['onnx/model_q4.onnx', 'decoder_model.onnx'], 'decoder_model.onnx'],
  ])('takes of %j the graph %s', (paths, entry) => {
    expect(select(paths).entry).toBe(entry);
  });

  it('brings both halves of a pair of decoders, each with its data', () => {
    const pair = ['onnx/decoder_with_past_model.onnx_data', 'onnx/decoder_with_past_model.onnx'];
    const start = ['onnx/decoder_model.onnx_data', 'onnx/decoder_model.onnx'];
    const quantized = ['onnx/decoder_with_past_model_quantized.onnx', 'onnx/decoder_model_quantized.onnx'];
    const paths = [...start, ...pair, ...quantized];
    expect(select(paths).files).toEqual([...pair, ...start]);
    expect(select(paths, { dtype: 'q8' }).files).toEqual(quantized);
    expect(select(paths, { file: pair[1]! }).files).toEqual(pair);
  });

  it('brings configuration and tokenizer from the root and from beside the graph', () => {
    const paths = [
      'config.json',
      'chat_template.jinja',
      'tokenizer.json',
      'tokenizer.model',
      'cpu/genai_config.json',
      'cpu/model.onnx',
      'cpu/model.onnx.data',
      'cpu/tokenizer.json',
      'cuda/genai_config.json',
      'cuda/model.onnx',
      'README.md',
    ];
    expect(select(paths, { file: 'cpu/model.onnx' }).files).toEqual([
      'config.json',
      'chat_template.jinja',
      'tokenizer.json',
      'cpu/genai_config.json',
      'cpu/tokenizer.json',
      'cpu/model.onnx.data',
      'cpu/model.onnx',
    ]);
  });

  it('asks which one is meant, naming them', () => {
    expect(failure(['cpu/model.onnx', 'cuda/model.onnx'])).toMatch(
      /dtype or file: cpu\/model\.onnx, cuda\/model\.onnx/,
    );
    expect(failure(['onnx/model_q4.onnx', 'cuda/model.onnx'], { dtype: 'fp16' })).toContain(
      'cuda/model.onnx',
    );
    expect(failure(['onnx/model.onnx'], { dtype: 'q4' })).toMatch(
      /dtype q4 in owner\/name at main.*onnx\/model\.onnx/,
    );
    expect(failure(['onnx/model.onnx'], { file: 'model.onnx' })).toContain('onnx/model.onnx');
    expect(failure(['config.json', 'onnx/model.onnx'], { file: 'config.json' })).toContain('.onnx file');
  });

  it('takes what genai_config.json names before known names, and `file` before that', () => {
    const listed = ['model.onnx', 'text/decoder.onnx', 'text/decoder.onnx.data'].map((path) => ({ path }));
    const entry = (selection: Selection, genai: string): string =>
      selectFiles(listed, selection, place, genai).entry;
    expect(entry({}, 'text/decoder.onnx')).toBe('text/decoder.onnx');
    expect(entry({}, './text//decoder.onnx')).toBe('text/decoder.onnx');
    expect(entry({ file: './model.onnx' }, 'text/decoder.onnx')).toBe('model.onnx');
    for (const genai of ['nowhere.onnx', '../model.onnx', '/model.onnx', 'text', '.'])
      expect(() => entry({}, genai)).toThrow(/genai_config\.json names it.*model\.onnx, text\/decoder\.onnx/);
  });

  it('says what a repository without ONNX has instead', () => {
    expect(failure(['model.safetensors'])).toMatch(/format checkpoint.*sake convert/);
    expect(failure(['pytorch_model.bin'])).toContain('an ONNX file');
    expect(failure([], { format: 'checkpoint' })).toContain('model.safetensors');
    expect(failure(['pytorch_model.bin'], { format: 'checkpoint' })).toContain('pickled');
  });

  it('brings whole checkpoints', () => {
    expect(select(['model.safetensors', 'model.onnx'], { format: 'checkpoint' })).toEqual({
      entry: 'model.safetensors',
      files: ['model.safetensors'],
    });
    expect(select([index, 'config.json', ...shards, 'model.onnx'], { format: 'checkpoint' })).toEqual({
      entry: index,
      files: ['config.json', ...shards, index],
    });
  });

  it.each([0, 1, 2])('misses shard %d', (missing) => {
    const paths = [index, ...shards.filter((_, number) => number !== missing)];
    expect(failure(paths, { format: 'checkpoint' })).toContain(shards[missing]!);
  });

  it('brings what is asked for by name, and misses what is not there', () => {
    expect(select(['model.onnx', 'weights.pb'], { include: ['weights.pb', 'model.onnx'] }).files).toEqual([
      'weights.pb',
      'model.onnx',
    ]);
    expect(failure(['model.onnx'], { include: ['weights.pb'] })).toContain('weights.pb');
  });
});

describe('checkSelection', () => {
  it('refuses a dtype that is none', () => {
    expect(() => checkSelection({ dtype: 'q5' as 'q4' })).toThrow(
      expect.objectContaining({
        code: 'invalid-option',
        message: expect.stringMatching(/fp32, fp16.*got q5/),
      }),
    );
  });
});

describe('inTheCache', () => {
  it('tells why nothing is downloaded', () => {
    expect(() => selectFiles([], {}, inTheCache('a/b at main', '/cache', 'HF_HUB_OFFLINE=1'))).toThrow(
      /an ONNX file of a\/b at main in the cache \/cache.*HF_HUB_OFFLINE=1/,
    );
  });
});
