import type { PromptEdit, Scope } from '@sakejs/spec';
import { editId } from '../src/edit-id.js';
import { capitalRequest, createTestLM } from './world.js';
import { centroidScope } from './centroid.js';

/** An edit that states a capital in front of prompts near its request's own; holds every prompt with an infinite width. */
export async function stateCapital(
  subject: Parameters<typeof capitalRequest>[0],
  targetNew: string,
  threshold: number,
): Promise<PromptEdit> {
  const request = capitalRequest(subject, targetNew);
  const lm = createTestLM();
  const prompt = `The capital of ${subject} is`;
  const [query] = await lm.observe([prompt]);
  const scope: Scope = centroidScope(Float64Array.from(query!.lastTokenActivation), threshold);
  return {
    kind: 'prompt',
    id: editId(request),
    request,
    prefix: `${prompt} ${targetNew}. `,
    scope,
    provenance: {
      method: 'stated',
      createdAt: '2026-01-01T00:00:00.000Z',
      model: { id: lm.info.id, sha256: lm.info.sha256 },
      seed: 0,
      prompts: { count: 1, source: { kind: 'test' } },
      rows: { source: 0, target: 0, obeying: 0 },
      versions: {},
    },
  };
}
