import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeModel, parseDecoderConfig, planDecoder, type DecoderConfig } from '@sakejs/onnx';
import { SakeError, throwIfAborted } from '@sakejs/spec';
import { copyCompanions, writeConfig } from './companion-files.js';
import { createDataFile, type DataFile } from './data-file.js';
import { matchWeights } from './match-weights.js';
import { isModelDtype, modelDtypes, modelForm, type ModelDtype } from './model-dtype.js';
import { openCheckpoint, type Checkpoint } from './open-checkpoint.js';
import { asIo, prepareOutput } from './output-folder.js';
import { placeTensors } from './place-tensors.js';
import { writeWeights } from './write-weights.js';

/** How far a conversion is. */
export interface ConvertProgress {
  /** Values of weights written so far. */
  readonly done: number;
  readonly total: number;
  /** The tensor that was read last. */
  readonly tensor: string;
}

export interface ConvertOptions {
  /** Default `fp32`, which keeps every value of an fp32, fp16 or bf16 checkpoint. */
  readonly dtype?: ModelDtype;
  /** Whether `q8` and `q4` hold for the head too; by default it is stored in half precision. */
  readonly quantizeHead?: boolean;
  /** Bytes of weights beyond which matrices go into a file of their own. Default 64 MiB; about 2 GiB at most. */
  readonly externalDataThreshold?: number;
  /** Whether a model's folder that is there already is replaced. */
  readonly replace?: boolean;
  readonly onProgress?: (progress: ConvertProgress) => void;
  readonly signal?: AbortSignal;
}

/** What a conversion made. */
export interface Conversion {
  readonly folder: string;
  /** Files in it, by their path from the folder. */
  readonly files: readonly string[];
  readonly family: string;
  readonly dtype: ModelDtype;
  /** Numbers that the checkpoint holds; a tied head counts once. */
  readonly parameters: number;
  /** Bytes of the stored weights. */
  readonly weightBytes: number;
  /** Files of a tokenizer that the checkpoint lacks; the model cannot read text without them. */
  readonly missing: readonly string[];
}

const DEFAULT_THRESHOLD = 2 ** 26;

/**
 * Converts a Hugging Face checkpoint into a model folder: `config.json`, the tokenizer's files and `onnx/model*.onnx`,
 * named as transformers.js does for each precision, with `<file>_data` beside it where weights are many.
 *
 * Weights are streamed, a block of rows at a time. The folder appears when all is written, or not at all.
 * @throws {SakeError} what {@link openCheckpoint} and `parseDecoderConfig` throw; `not-found`, `shape-mismatch` or
 *   `unsupported` for tensors that do not fit `config.json`; `invalid-input` for values beyond the precision's range;
 *   `already-exists`, `invalid-option`, `aborted`, `io`.
 */
export async function convertCheckpoint(
  checkpointFolder: string,
  outFolder: string,
  options: ConvertOptions = {},
): Promise<Conversion> {
  const { dtype = 'fp32', replace = false, signal } = options;
  if (!isModelDtype(dtype))
    throw new SakeError(
      'invalid-option',
      `convertCheckpoint: expected a dtype among ${modelDtypes.join(', ')}, got ${JSON.stringify(dtype)}`,
    );
  throwIfAborted(signal, 'convertCheckpoint');
  await using checkpoint = await openCheckpoint(checkpointFolder);
  const config = parseDecoderConfig(checkpoint.config);
  const output = await prepareOutput(outFolder, checkpointFolder, replace);
  try {
    const conversion = await asIo(outFolder, () =>
      convertInto(output.temporary, checkpoint, config, { ...options, dtype }),
    );
    throwIfAborted(signal, 'convertCheckpoint');
    await output.commit();
    return { folder: outFolder, ...conversion };
  } catch (cause) {
    await output.discard();
    throw cause;
  }
}

async function convertInto(
  folder: string,
  checkpoint: Checkpoint,
  config: DecoderConfig,
  options: ConvertOptions & { readonly dtype: ModelDtype },
): Promise<Omit<Conversion, 'folder'>> {
  const {
    dtype,
    quantizeHead = false,
    externalDataThreshold = DEFAULT_THRESHOLD,
    signal,
    onProgress,
  } = options;
  const { file, storage } = modelForm(dtype);
  const dataFile = `${file}_data`;
  const { model, weights } = planDecoder(config, { storage, quantizeHead });
  const matched = matchWeights(checkpoint, config, weights);
  const places = placeTensors(weights, dataFile, externalDataThreshold);
  const external = places.dataBytes > 0;
  await mkdir(join(folder, 'onnx'));
  let data: DataFile | undefined;
  if (external) data = await createDataFile(join(folder, 'onnx', dataFile), places.dataBytes);
  try {
    await writeWeights(checkpoint, matched, places, data, {
      signal,
      onBlock: (done, total, tensor) => onProgress?.({ done, total, tensor }),
    });
  } catch (cause) {
    await data?.close();
    throw cause;
  }
  await data?.finish();
  await writeFile(join(folder, 'onnx', file), encodeModel(model), { flush: true });
  const { copied, missing } = await copyCompanions(checkpoint.folder, folder);
  await writeConfig(folder, checkpoint.config, { dtype, file, external });
  const distinct = new Map(matched.map(({ planned, tensor }) => [tensor.name, planned.shape]));
  return {
    files: ['config.json', ...copied, `onnx/${file}`, ...(external ? [`onnx/${dataFile}`] : [])],
    family: String(checkpoint.config['model_type']),
    dtype,
    parameters: [...distinct.values()].reduce(
      (sum, shape) => sum + shape.reduce((product, size) => product * size, 1),
      0,
    ),
    weightBytes: places.totalBytes,
    missing,
  };
}
