import { createSteeredLM, editId, type DiskEditLibrary } from '@sakejs/editor';
import {
  fillPrompt,
  isSakeError,
  SakeError,
  validateEditRequest,
  type MapEdit,
  type EditRequest,
  type PromptDistribution,
} from '@sakejs/spec';
import { createProgress, parseAssignment } from '@sakejs/terminal';
import {
  createMethod,
  isMapperModule,
  keyMomentsDirectory,
  loadMapper,
  loadPromptSource,
  methodNames,
} from 'sakejs';
import { z } from 'zod';
import { print, type CommandContext } from './command-context.js';
import { continuation } from './continuation.js';
import { describedEffect, describedScope, effectText } from './described-edit.js';
import { openReportingBroken } from './library.js';
import { openCounterfactual, openModel } from './open-model.js';
import {
  counterfactualOption,
  libraryOptions,
  modelOptions,
  parseOptions,
  replaceOption,
  wholeNumber,
} from './options.js';

const schema = z.strictObject({
  ...libraryOptions,
  ...modelOptions,
  ...replaceOption,
  ...counterfactualOption,
  subject: z.string(),
  prompt: z.string(),
  true: z.string(),
  new: z.string(),
  prompts: z.string().min(1, 'expected template or a file'),
  mapper: z.string().optional(),
  method: z.enum(methodNames as [string, ...string[]], `expected one of ${methodNames.join(', ')}`),
  set: z.array(z.string()).default([]).transform(readSettings),
  targets: z.enum(['all', 'obeying'], 'expected all or obeying').optional(),
  laterTokens: z
    .union([z.literal('all'), wholeNumber(0)], 'expected all or a whole number of at least 0')
    .optional(),
  count: wholeNumber(2).optional(),
  seed: wholeNumber(0),
});

/** Prompts in the distribution unless `--count` says otherwise. */
const DEFAULT_COUNT = 50;
const STEPS = 4;

/** Settings of the method from `layer=3` and the like; undefined for none. */
function readSettings(
  assignments: readonly string[],
  context: z.RefinementCtx,
): Readonly<Record<string, unknown>> | undefined {
  const settings = new Map<string, unknown>();
  for (const text of assignments) {
    const assignment = parseAssignment(text);
    if (assignment !== undefined) settings.set(assignment.name, assignment.value);
    else context.addIssue(`expected <setting>=<value>, such as layer=3, got ${JSON.stringify(text)}`);
  }
  return settings.size === 0 ? undefined : Object.fromEntries(settings);
}

/** `sake edit`: learns an edit, keeps it, and shows the answer before and after. */
export async function editCommand(raw: unknown, context: CommandContext): Promise<void> {
  const { streams, signal } = context;
  const options = parseOptions(schema, raw, 'edit');
  const request = validateEditRequest({
    subject: options.subject,
    prompt: options.prompt,
    targetTrue: options.true,
    targetNew: options.new,
  });
  const mapper = options.mapper === undefined ? undefined : await loadMapper(options.mapper);
  const own = options.mapper !== undefined && isMapperModule(options.mapper) ? [options.mapper] : [];
  const library = await openReportingBroken({ ...options, with: [...options.with, ...own] }, context);
  if (!options.replace) checkFree(library, request);
  const source = loadPromptSource(options.prompts);
  const progress = createProgress('edit', { stream: streams.stderr });
  try {
    progress.update(0, STEPS, 'loading the model');
    await using lm = await openModel(options, context);
    await using counterfactual = await openCounterfactual(options, context);
    const method = createMethod(options.method, lm.info, {
      ...(counterfactual && { counterfactual }),
      momentsDirectory: keyMomentsDirectory(),
      ...(mapper === undefined ? {} : { mapper }),
      ...(options.set && { settings: options.set }),
      ...(options.targets === undefined ? {} : { targets: options.targets }),
      ...(options.laterTokens === undefined ? {} : { laterTokens: options.laterTokens }),
    });
    progress.update(1, STEPS, 'making prompts');
    const generate = (count: number): Promise<PromptDistribution> =>
      source.generate(request, { count, seed: options.seed, signal });
    const prompts =
      options.count === undefined && options.prompts !== 'template'
        ? await asManyAsThereAre(generate)
        : await generate(options.count ?? DEFAULT_COUNT);
    progress.update(2, STEPS, 'learning');
    const edit = await method.learn(prompts.request, { lm, prompts, seed: options.seed, signal });
    progress.update(3, STEPS, 'asking');
    const prompt = fillPrompt(request.prompt, request.subject);
    const before = await continuation(lm, prompt, { signal });
    const steered = createSteeredLM(lm, [edit], {
      ...(counterfactual && { counterfactuals: [counterfactual] }),
    });
    const after = await continuation(steered, prompt, { signal });
    await library.add(edit, { replace: options.replace });
    progress.end();

    const { rows } = edit.provenance;
    const dropped = Object.entries(prompts.dropped).map(([reason, times]) => `${reason} ${times}`);
    print(
      context,
      options.json,
      {
        id: edit.id,
        library: options.library,
        request: edit.request,
        before,
        after,
        ...describedEffect(edit),
        ...(edit.kind === 'map' && { laterMaps: edit.later?.length ?? 0 }),
        ...describedScope(edit),
        provenance: edit.provenance,
        dropped: prompts.dropped,
      },
      [
        `${edit.id} is kept in ${options.library}`,
        `  before   ${prompt} ${before}`,
        `  after    ${prompt} ${after}`,
        `  prompts  ${prompts.prompts.length} (${prompts.source.kind}), dropped ${dropped.length === 0 ? 'none' : dropped.join(', ')}`,
        ...(edit.kind === 'map'
          ? [
              `  rows     ${rows.source} source, ${rows.target} target; ${rows.obeying} steering contexts obeyed`,
              `  map      ${edit.map.kind}${laterMaps(edit)}; scope ${edit.scope.kind}`,
            ]
          : [`  ${effectText(edit)}`]),
        `  try      sake generate ${JSON.stringify(prompt)} --library ${options.library}${options.counterfactual === undefined ? '' : ` --counterfactual ${options.counterfactual}`}`,
      ].join('\n'),
    );
  } finally {
    progress.end();
  }
}

/** In words, how many later tokens of the object have a map of their own. */
function laterMaps({ later = [] }: MapEdit): string {
  return later.length === 0 ? '' : `, ${later.length} for later tokens`;
}

/** Fails before the work is done where the library has the request's edit, or a broken file in its place. */
function checkFree(library: DiskEditLibrary, request: EditRequest): void {
  const id = editId(request);
  const broken = library.broken.some((entry) => entry.id === id);
  if (!library.has(id) && !broken) return;
  throw new SakeError(
    'already-exists',
    `sake edit: expected a request that ${library.directory} has no edit of, got that of ${id}${broken ? ' (a broken file)' : ''}; --replace learns it again`,
    { details: { id, library: library.directory } },
  );
}

/** The default count, or all prompts of a file that holds fewer. */
async function asManyAsThereAre(
  generate: (count: number) => Promise<PromptDistribution>,
): Promise<PromptDistribution> {
  try {
    return await generate(DEFAULT_COUNT);
  } catch (error) {
    const made = isSakeError(error) && error.code === 'not-enough-data' ? error.details['made'] : undefined;
    if (typeof made !== 'number' || made < 2) throw error;
    return generate(made);
  }
}
