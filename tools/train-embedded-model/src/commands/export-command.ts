import { join } from 'node:path';
import { decoderWeights } from '@sakejs/onnx';
import { SakeError } from '@sakejs/spec';
import { z } from 'zod';
import { prepareTrainingData } from '../corpus/training-data.js';
import { exportModel } from '../export/export-model.js';
import { loadCheckpoint } from '../training/checkpoint.js';
import { modelConfig } from '../training/model-config.js';
import { createParameterSet } from '../training/parameters.js';
import { fingerprintOf } from '../training/fingerprint.js';
import { loadTrainingConfig } from '../training/training-config.js';
import { parseOptions } from './parse-options.js';

const schema = z.strictObject({ config: z.string(), out: z.string(), run: z.string().optional() });

/** `export`: writes the checkpoint as it stands, at whatever step, as a model package. */
export async function exportCommand(raw: unknown): Promise<void> {
  const options = parseOptions(schema, raw, 'export');
  const config = loadTrainingConfig(options.config);
  const data = prepareTrainingData(config);
  const directory = options.run ?? join('runs', config.name);
  const parameters = createParameterSet(decoderWeights(modelConfig(config)));
  const fingerprint = (stage: number): string => fingerprintOf(config, data.fingerprint, stage);
  const checkpoint = loadCheckpoint(directory, fingerprint, parameters.flat.length);
  if (!checkpoint)
    throw new SakeError('not-found', `export: expected a checkpoint in ${directory}, got none; train first`);
  parameters.flat.set(checkpoint.parameters);
  exportModel(options.out, { config, data, parameters, state: checkpoint.state });
  process.stdout.write(
    `step ${checkpoint.state.step} of stage ${checkpoint.state.stage} exported to ${options.out}\n`,
  );
}
