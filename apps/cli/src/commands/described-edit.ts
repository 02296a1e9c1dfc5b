import { fillPrompt, type Edit } from '@sakejs/spec';

type Settings = Readonly<Record<string, unknown>>;

/** What an edit does where it applies, as JSON results show it: everything but its tensors. */
export function describedEffect(edit: Edit): Record<string, unknown> {
  if (edit.kind === 'prompt') return { prefix: edit.prefix };
  const { kind, dim, settings } = edit.map;
  return { map: { kind, dim, settings } };
}

/** An edit as JSON results show it. */
export function describedEdit(edit: Edit): Record<string, unknown> {
  const { id, kind, request, scope, provenance } = edit;
  return {
    id,
    kind,
    request,
    ...describedEffect(edit),
    scope: { kind: scope.kind, threshold: scope.threshold, settings: scope.settings },
    provenance,
  };
}

/** What an edit does where it applies, in a line for people. */
export function effectText(edit: Edit): string {
  if (edit.kind === 'prompt') return `prompt   ${JSON.stringify(edit.prefix)} in front`;
  const { kind, dim, settings } = edit.map;
  return `map      ${withSettings(`${kind}, width ${dim}`, settings)}`;
}

/** An edit in some lines for people. */
export function editText(edit: Edit): string {
  const { id, kind, request, scope, provenance } = edit;
  const { rows, prompts, model } = provenance;
  const learnedFrom =
    kind === 'map'
      ? `; ${rows.source} source rows, ${rows.target} target rows, ${rows.obeying} steering contexts obeyed`
      : '';
  return [
    id,
    `  fact     ${fillPrompt(request.prompt, request.subject)} ${request.targetTrue} -> ${request.targetNew}`,
    `  method   ${provenance.method}, seed ${provenance.seed}, learned ${provenance.createdAt}`,
    `  model    ${model.id} (sha256 ${model.sha256.slice(0, 12)})`,
    `  prompts  ${prompts.count} (${String(prompts.source['kind'])})${learnedFrom}`,
    `  ${effectText(edit)}`,
    `  scope    ${withSettings(`${scope.kind}, threshold ${scope.threshold}`, scope.settings)}`,
  ].join('\n');
}

function withSettings(what: string, settings: Settings): string {
  const values = Object.entries(settings).map(([name, value]) => `${name} ${String(value)}`);
  return values.length === 0 ? what : `${what}: ${values.join(', ')}`;
}
