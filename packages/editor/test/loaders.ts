import type { MapEdit } from '@sakejs/spec';
import type { EditLoaders } from '../src/edit-format.js';
import { learnEdit } from '../src/learn-edit.js';
import { centroid, centroidLoader } from './centroid.js';
import { meanShift, meanShiftLoader } from './mean-shift.js';
import { capitalRequest, createTestLM, promptsFor } from './world.js';

export const loaders: EditLoaders = { mapLoaders: [meanShiftLoader], scopeLoaders: [centroidLoader] };

/** An edit of the test model, learned at a given minute so that its age is known. */
export async function learnCapital(
  subject: Parameters<typeof capitalRequest>[0],
  targetNew: string,
  minute = 0,
): Promise<MapEdit> {
  const request = capitalRequest(subject, targetNew);
  const edit = await learnEdit(request, {
    lm: createTestLM(),
    prompts: promptsFor(request),
    mapper: meanShift,
    scope: centroid(),
  });
  const createdAt = new Date(Date.UTC(2025, 0, 1, 0, minute)).toISOString();
  return { ...edit, provenance: { ...edit.provenance, createdAt } };
}
