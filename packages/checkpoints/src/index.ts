export {
  convertCheckpoint,
  type ConvertOptions,
  type ConvertProgress,
  type Conversion,
} from './convert-checkpoint.js';
export { modelDtypes, type ModelDtype } from './model-dtype.js';
export { openCheckpoint, type Checkpoint, type CheckpointTensor } from './open-checkpoint.js';
