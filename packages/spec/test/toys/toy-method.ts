import type { CausalLM } from '../../src/causal-lm.js';
import type { EditMethod, MapEdit } from '../../src/edit.js';
import { fillPrompt, validateEditRequest } from '../../src/edit-request.js';
import { SakeError, throwIfAborted } from '../../src/errors.js';
import { fromRows, row, type Matrix } from '../../src/matrix.js';
import { throughFile } from '../../src/testing/reload.js';
import { shiftLoader, shiftMap } from './mean-shift.js';
import { nearestLoader, nearestScope } from './nearest-state.js';
import { headRows } from './toy-lm.js';

/** Shifts the request's own prompt until the new object leads by one, and no other. */
export function toyMethod(): EditMethod<MapEdit> {
  return {
    name: 'toy',
    async learn(given, { lm, prompts, seed = 0, signal }) {
      throwIfAborted(signal, 'learn');
      const request = validateEditRequest(given);
      const made = prompts.request;
      if (made.subject !== request.subject || made.prompt !== request.prompt)
        throw new SakeError(
          'invalid-request',
          'learn: expected prompts of the request, got those of another',
        );
      if (prompts.prompts.length === 0)
        throw new SakeError('not-enough-data', 'learn: expected prompts, got none');
      const [observed] = await lm.observe([fillPrompt(request.prompt, request.subject)], { layers: [1, 2] });
      const head = (object: string): Float32Array => row(headRows, lm.encode(` ${object}`)[0]!);
      const [from, to] = [head(request.targetTrue), head(request.targetNew)];
      const along = Float64Array.from(to, (value, at) => value - from[at]!);
      const lead = along.reduce((sum, value, at) => sum + value * observed!.lastTokenActivation[at]!, 0);
      const scale = (1 - lead) / along.reduce((sum, value) => sum + value * value, 0);
      const last = [1, 2].flatMap((layer) => {
        const states = observed!.layers.get(layer)!;
        return [...row(states, states.rows - 1)];
      });
      const data = Float64Array.from(last);
      return {
        kind: 'map',
        id: `${request.subject}-${request.targetNew}`.toLowerCase(),
        request,
        map: shiftMap(along.map((value) => scale * value)),
        scope: nearestScope({ rows: 1, cols: data.length, data }, 1e-6),
        provenance: {
          method: 'toy',
          createdAt: '2026-01-01T00:00:00.000Z',
          model: { id: lm.info.id, sha256: lm.info.sha256 },
          seed,
          prompts: { count: prompts.prompts.length, source: prompts.source },
          rows: { source: 1, target: 0, obeying: 0 },
          versions: {},
        },
      };
    },
  };
}

/** Next-token logits, each prompt's activation mapped by the newest edit whose scope holds it. */
export async function respond(
  lm: CausalLM,
  edits: readonly MapEdit[],
  prompts: readonly string[],
): Promise<Matrix> {
  const observed = await lm.observe(prompts, { layers: [1, 2] });
  const mapped = observed.map((query) => {
    const edit = edits.findLast(({ scope }) => scope.match(query).distance <= scope.threshold);
    return edit ? edit.map.apply(query.lastTokenActivation) : query.lastTokenActivation;
  });
  return lm.project(fromRows(mapped));
}

/** An edit after a trip through its file. */
export function reloadEdit(edit: MapEdit): MapEdit {
  return {
    ...(JSON.parse(JSON.stringify(edit)) as MapEdit),
    map: shiftLoader.load(throughFile(edit.map.toTensors())),
    scope: nearestLoader.load(throughFile(edit.scope.toTensors())),
  };
}
