import type { Edit } from '@sakejs/spec';

/** Finite, so that `distance / threshold` still ranks edits. */
const NEVER_CLOSES = Number.MAX_VALUE;

/**
 * An edit whose gate lets every query in; the nearest of several still wins.
 *
 * The authors' doubt tests run so (a threshold of 1000 that no distance reaches). For scoring only: the value is not for
 * storing, since its scope is no longer the one that was fitted.
 */
export function withOpenGate(edit: Edit): Edit {
  const { scope } = edit;
  return {
    ...edit,
    scope: {
      kind: scope.kind,
      threshold: NEVER_CLOSES,
      needs: scope.needs,
      settings: scope.settings,
      match: (query) => ({ distance: Math.min(scope.match(query).distance, NEVER_CLOSES) }),
      toTensors: () => scope.toTensors(),
    },
  };
}
