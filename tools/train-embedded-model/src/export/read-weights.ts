import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeModel, readTensor } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import type { ParameterSet } from '../training/parameters.js';
import { MODEL_FILE, sha256, type TrainingRecord } from './training-record.js';

/**
 * Fills parameters with the weights of a model folder, which stores matrices in float16 and projections transposed.
 *
 * @throws {SakeError} `invalid-file` when the model is not the one that its record describes, or lacks a weight;
 *   `shape-mismatch` for a weight of another shape.
 */
export function readWeights(folder: string, record: TrainingRecord, parameters: ParameterSet): void {
  const file = join(folder, MODEL_FILE);
  const bytes = readFileSync(file);
  if (sha256(bytes) !== record.weights)
    throw new SakeError(
      'invalid-file',
      `readWeights: expected in ${file} the model of its training.json, got another; export it again, or use --restart to train from the beginning`,
      { details: { file } },
    );
  const tensors = new Map(decodeModel(bytes).graph.initializers.map((tensor) => [tensor.name, tensor]));
  for (const { name, shape } of parameters.specs) {
    const turned = tensors.get(`${name}_transposed`);
    const tensor = turned ?? tensors.get(name);
    if (!tensor)
      throw new SakeError('invalid-file', `readWeights: expected the weight '${name}' in ${file}, got none`, {
        details: { file },
      });
    const expected = turned ? shape.toReversed() : shape;
    if (tensor.dims.join() !== expected.join())
      throw new SakeError(
        'shape-mismatch',
        `readWeights: expected '${tensor.name}' of shape [${expected.join(', ')}], got [${tensor.dims.join(', ')}]`,
        { details: { file } },
      );
    const values = readTensor(tensor) as Float32Array;
    const view = parameters.view(name);
    if (!turned) view.set(values);
    else {
      const [rows, columns] = shape as readonly [number, number];
      for (let r = 0; r < rows; r++)
        for (let c = 0; c < columns; c++) view[r * columns + c] = values[c * rows + r]!;
    }
  }
}
