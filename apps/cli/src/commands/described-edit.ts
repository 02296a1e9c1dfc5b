import { fillPrompt, type Edit } from '@sakejs/spec';

/** An edit as JSON results show it: everything but its tensors. */
export function describedEdit({ id, kind, request, map, scope, provenance }: Edit): Record<string, unknown> {
  return {
    id,
    kind,
    request,
    map: { kind: map.kind, dim: map.dim, settings: map.settings },
    scope: { kind: scope.kind, threshold: scope.threshold, settings: scope.settings },
    provenance,
  };
}

/** An edit in some lines for people. */
export function editText({ id, request, map, scope, provenance }: Edit): string {
  const { rows, prompts, model } = provenance;
  const settings = (values: Readonly<Record<string, unknown>>): string =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ');
  return [
    id,
    `  fact     ${fillPrompt(request.prompt, request.subject)} ${request.targetTrue} -> ${request.targetNew}`,
    `  method   ${provenance.method}, seed ${provenance.seed}, learned ${provenance.createdAt}`,
    `  model    ${model.id} (sha256 ${model.sha256.slice(0, 12)})`,
    `  prompts  ${prompts.count} (${String(prompts.source['kind'])}); ${rows.source} source rows, ${rows.target} target rows, ${rows.obeying} steering contexts obeyed`,
    `  map      ${map.kind}, width ${map.dim}: ${settings(map.settings)}`,
    `  scope    ${scope.kind}, threshold ${scope.threshold}: ${settings(scope.settings)}`,
  ].join('\n');
}
