export { createEditMethod, type EditMethodOptions } from './edit-method.js';
export { learnEdit, MINIMUM_OBEYING, type LearnOptions, type TargetChoice } from './learn-edit.js';
export { firstObjectToken, greedyTokens, meanLogProbability } from './next-token.js';
export { subjectPosition } from './subject-position.js';
export { editId, isEditId } from './edit-id.js';
