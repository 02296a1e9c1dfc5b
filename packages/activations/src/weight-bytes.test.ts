import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { weightBytes } from './weight-bytes.js';

/** A folder with files of these sizes in bytes. */
function folderWith(sizes: Readonly<Record<string, number>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'sake-weights-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, size] of Object.entries(sizes)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), new Uint8Array(size));
  }
  return folder;
}

describe('weightBytes', () => {
  it('counts the graph that is chosen with its external data, and no other', async () => {
    const folder = folderWith({
      ...{ 'onnx/model.onnx': 10, 'onnx/model.onnx_data': 1000, 'onnx/model.onnx_data_1': 100 },
      ...{ 'onnx/model_q4.onnx': 7, 'onnx/model_q4.onnx.data': 70, 'config.json': 5 },
    });
    expect(await weightBytes(folder)).toBe(1110);
    expect(await weightBytes(folder, { dtype: 'q4' })).toBe(77);
    expect(await weightBytes(join(folder, 'onnx/model_q4.onnx'))).toBe(77);
  });

  it('counts both halves of a pair', async () => {
    const folder = folderWith({ 'decoder_model.onnx': 10, 'decoder_with_past_model.onnx': 20 });
    expect(await weightBytes(folder)).toBe(30);
  });

  it('says what is missing as loading would', async () => {
    await expect(weightBytes(folderWith({ 'config.json': 1 }))).rejects.toThrow(
      /expected onnx\/model\.onnx or model\.onnx .*got no \.onnx file/,
    );
    await expect(weightBytes('./nowhere')).rejects.toThrow(/expected a model folder, got \.\/nowhere/);
  });
});
