import { fillPrompt, type Edit, type ScopedEdit } from '@sakejs/spec';

type Settings = Readonly<Record<string, unknown>>;

/** What an edit does where it applies, as JSON results show it: everything but its tensors. */
export function describedEffect(edit: Edit): Record<string, unknown> {
  switch (edit.kind) {
    case 'prompt':
      return { prefix: edit.prefix };
    case 'map': {
      const { kind, dim, settings } = edit.map;
      return { map: { kind, dim, settings } };
    }
    case 'layer-hook': {
      const { values, ...hook } = edit.hook;
      return { hook: { ...hook, positions: values.rows } };
    }
    case 'weight-delta':
      return {
        deltas: edit.deltas.map((delta) => ({
          layer: delta.layer,
          rank: 'dense' in delta ? null : delta.u.cols,
        })),
        ...(edit.batch && { batch: edit.batch }),
      };
  }
}

/** An edit's scope as JSON results show it; nothing for an edit that applies always. */
export function describedScope(edit: Edit): Record<string, unknown> {
  if (edit.kind === 'weight-delta') return {};
  const { kind, threshold, settings } = edit.scope;
  return { scope: { kind, threshold, settings } };
}

/** An edit as JSON results show it. */
export function describedEdit(edit: Edit): Record<string, unknown> {
  const { id, kind, request, provenance } = edit;
  return { id, kind, request, ...describedEffect(edit), ...describedScope(edit), provenance };
}

/** What an edit does where it applies, in a line for people. */
export function effectText(edit: Edit): string {
  switch (edit.kind) {
    case 'prompt':
      return `prompt   ${JSON.stringify(edit.prefix)} in front`;
    case 'map': {
      const { kind, dim, settings } = edit.map;
      return `map      ${withSettings(`${kind}, width ${dim}`, settings)}`;
    }
    case 'layer-hook': {
      const { layer, operation, anchor, values } = edit.hook;
      const what = operation === 'add' ? 'added to' : 'put in the place of';
      return `hook     ${values.rows} states ${what} the stream after block ${layer}, from the ${anchor} of the prompt`;
    }
    case 'weight-delta': {
      const blocks = edit.deltas.map((delta) =>
        'dense' in delta ? `${delta.layer} (all of it)` : `${delta.layer} (rank ${delta.u.cols})`,
      );
      const batch = edit.batch && `; one of ${edit.batch.size} of the batch ${edit.batch.id}`;
      return `weights  of the MLP of block ${blocks.join(', ')}${batch ?? ''}`;
    }
  }
}

/** An edit in some lines for people. */
export function editText(edit: Edit): string {
  const { id, kind, request, provenance } = edit;
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
    ...(edit.kind === 'weight-delta' ? [] : [`  scope    ${scopeText(edit)}`]),
  ].join('\n');
}

function scopeText({ scope }: ScopedEdit): string {
  return withSettings(`${scope.kind}, threshold ${scope.threshold}`, scope.settings);
}

function withSettings(what: string, settings: Settings): string {
  const values = Object.entries(settings).map(([name, value]) => `${name} ${String(value)}`);
  return values.length === 0 ? what : `${what}: ${values.join(', ')}`;
}
