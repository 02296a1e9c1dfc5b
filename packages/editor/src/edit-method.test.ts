import { fromRows } from '@sakejs/spec';
import { describeEditMethod } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { centroid, centroidLoader } from '../test/centroid.js';
import { meanShift, meanShiftLoader } from '../test/mean-shift.js';
import { capitalRequest, createTestLM, promptsFor } from '../test/world.js';
import { withActivationCache } from './activation-cache.js';
import { decodeEdit, encodeEdit } from './edit-file.js';
import { createEditMethod } from './edit-method.js';
import { createSteeredLM } from './steered-lm.js';

const loaders = { mapLoaders: [meanShiftLoader], scopeLoaders: [centroidLoader] };
const request = capitalRequest('France', 'Rome');
const other = capitalRequest('Sri Lanka', 'Lima');

const variants = [
  ['the default method', {}, createTestLM],
  ['a method on all plain rows', { targets: 'all', forcedSource: false }, createTestLM],
  ['a method with a scope on a layer', { scope: centroid({ space: 1 }) }, createTestLM],
  ['a method on a cached model', {}, () => withActivationCache(createTestLM())],
] as const;

for (const [name, options, createLM] of variants)
  describeEditMethod(name, async () => {
    const lm = createLM();
    return {
      lm,
      method: createEditMethod({ name: 'test', mapper: meanShift, scope: centroid(), ...options }),
      cases: [
        { request, prompts: promptsFor(request) },
        { request: other, prompts: promptsFor(other) },
      ],
      outside: 'Now, the capital of Japan is',
      respond: async (edits, prompts) => {
        const responses = await createSteeredLM(lm, edits).respond(prompts);
        return fromRows(responses.map(({ logits }) => logits));
      },
      reload: async (edit) => decodeEdit(encodeEdit(edit, loaders), loaders, 'reloaded'),
    };
  });

describe('createEditMethod', () => {
  it('keeps its own options whatever the context carries', async () => {
    const lm = createTestLM();
    const method = createEditMethod({ name: 'mine', mapper: meanShift, scope: centroid(), targets: 'all' });
    const context = { lm, prompts: promptsFor(request), method: 'theirs', targets: 'obeying' };
    const { provenance } = await method.learn(request, context);
    expect(provenance.method).toBe('mine');
    expect(provenance.settings?.['targets']).toBe('all');
  });
});
