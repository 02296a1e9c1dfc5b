import { createSteeredLM } from '@sakejs/editor';
import { fillPrompt, validateEditRequest } from '@sakejs/spec';
import { createProgress } from '@sakejs/terminal';
import { createMethod, loadMapper, loadModel, loadPromptSource, openLibrary } from 'sakejs';
import { z } from 'zod';
import { continuation } from './continuation.js';
import { libraryOptions, modelOptions, parseOptions, print } from './parse-options.js';

const schema = z.strictObject({
  ...libraryOptions,
  ...modelOptions,
  subject: z.string(),
  prompt: z.string(),
  true: z.string(),
  new: z.string(),
  prompts: z.string().min(1),
  mapper: z.string().optional(),
  method: z.string(),
  targets: z.enum(['all', 'obeying'], 'expected all or obeying').optional(),
  count: z.int('expected a whole number').min(2, 'expected at least 2'),
  seed: z.int('expected a whole number'),
  replace: z.boolean().default(false),
});

/** `sake edit`: learns an edit, keeps it, and shows the answer before and after. */
export async function editCommand(raw: unknown, signal: AbortSignal): Promise<void> {
  const options = parseOptions(schema, raw, 'edit');
  const request = validateEditRequest({
    subject: options.subject,
    prompt: options.prompt,
    targetTrue: options.true,
    targetNew: options.new,
  });
  const mapper = options.mapper === undefined ? undefined : await loadMapper(options.mapper);
  const library = await openLibrary(options.library, { modules: options.with });
  const progress = createProgress('edit');
  progress.update(0, 4, 'loading the model');
  await using lm = await loadModel(options.model, { threads: options.threads });
  const method = createMethod(options.method, lm.info, {
    ...(mapper === undefined ? {} : { mapper }),
    ...(options.targets === undefined ? {} : { targets: options.targets }),
  });
  progress.update(1, 4, 'making prompts');
  const prompts = await loadPromptSource(options.prompts).generate(request, {
    count: options.count,
    seed: options.seed,
    signal,
  });
  progress.update(2, 4, 'learning');
  const edit = await method.learn(prompts.request, { lm, prompts, seed: options.seed, signal });
  await library.add(edit, { replace: options.replace });
  progress.update(3, 4, 'asking');
  const prompt = fillPrompt(request.prompt, request.subject);
  const before = await continuation(lm, prompt);
  const after = await continuation(createSteeredLM(lm, [edit]), prompt);
  progress.end();
  const { rows } = edit.provenance;
  print(
    options.json,
    {
      id: edit.id,
      library: options.library,
      request: edit.request,
      before,
      after,
      map: { kind: edit.map.kind, settings: edit.map.settings },
      scope: { kind: edit.scope.kind, threshold: edit.scope.threshold, settings: edit.scope.settings },
      provenance: edit.provenance,
      dropped: prompts.dropped,
    },
    [
      `${edit.id} is kept in ${options.library}`,
      `  before  ${prompt} ${before}`,
      `  after   ${prompt} ${after}`,
      `  ${prompts.prompts.length} prompts (${prompts.source.kind}), ${rows.obeying} steering contexts obeyed, ${rows.target} target rows, map ${edit.map.kind}, scope ${edit.scope.kind}`,
      `  sake generate ${JSON.stringify(prompt)} --library ${options.library}`,
    ].join('\n'),
  );
}
