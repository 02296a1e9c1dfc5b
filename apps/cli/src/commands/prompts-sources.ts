import {
  createAgentSource,
  createExpertSource,
  createLocalSource,
  createPromptCache,
  createTemplateSource,
} from '@sakejs/prompts';
import {
  isSakeError,
  SakeError,
  type CausalLM,
  type EditRequest,
  type PromptDistribution,
  type PromptGenerator,
  type PromptOptions,
} from '@sakejs/spec';
import type { CommandContext } from './command-context.js';
import { openModel, type ModelFlags } from './open-model.js';

/** Names of the sources that prompts come from. */
export const sourceNames = ['template', 'expert', 'agent', 'local'] as const;

export interface SourceFlags extends ModelFlags {
  readonly source: (typeof sourceNames)[number];
  readonly prompts?: string | undefined;
  readonly count?: number | undefined;
  readonly concurrency: number;
  readonly agentModel?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly cache?: string | undefined;
  readonly checkModel?: string | undefined;
  /** Whether fewer prompts than asked for are taken. */
  readonly partial: boolean;
}

/** A source, and the models that must be closed behind it. */
export interface OpenedSource extends AsyncDisposable {
  readonly source: PromptGenerator;
}

/** The source of that name; all take their negatives from the template source, where it knows the relation. */
export async function openSource(flags: SourceFlags, context: CommandContext): Promise<OpenedSource> {
  const negatives = createTemplateSource();
  const cache = flags.cache === undefined ? {} : { cache: createPromptCache(flags.cache) };
  if (flags.checkModel !== undefined && flags.source !== 'agent' && flags.source !== 'local')
    throw new SakeError(
      'invalid-option',
      `sake prompts generate: expected --check-model with the agent or the local source, got ${flags.source}; drop it`,
    );
  const onShortfall = flags.partial ? 'partial' : 'error';
  switch (flags.source) {
    case 'template':
      return opened(flags.partial ? asManyAsThereAre(negatives) : negatives);
    case 'expert': {
      const file = required(flags.prompts, '--prompts', 'the expert source');
      const source = createExpertSource(file, { negatives });
      return opened(flags.count === undefined || flags.partial ? asManyAsThereAre(source) : source);
    }
    case 'agent': {
      const model = required(flags.agentModel, '--agent-model', 'the agent source');
      const checking = await openCheckModel(flags, context);
      return openedWith(checking === undefined ? [] : [checking], () =>
        createAgentSource({
          model,
          concurrency: flags.concurrency,
          negatives,
          onShortfall,
          ...(flags.baseUrl === undefined ? {} : { baseURL: flags.baseUrl }),
          ...(checking === undefined ? {} : { modelToEdit: checking }),
          ...cache,
        }),
      );
    }
    case 'local': {
      const lm = await openModel(flags, context);
      const checking = flags.checkModel === flags.model ? lm : await openCheckModel(flags, context);
      const lms = checking === undefined ? [lm] : [...new Set([lm, checking])];
      return openedWith(lms, () =>
        createLocalSource({
          lm,
          negatives,
          onShortfall,
          ...(checking === undefined ? {} : { modelToEdit: checking }),
          ...cache,
        }),
      );
    }
  }
}

function opened(source: PromptGenerator, lms: readonly CausalLM[] = []): OpenedSource {
  return { source, [Symbol.asyncDispose]: () => close(lms) };
}

/** The source with its models, which are closed when it cannot be made. */
async function openedWith(lms: readonly CausalLM[], make: () => PromptGenerator): Promise<OpenedSource> {
  try {
    return opened(make(), lms);
  } catch (error) {
    await close(lms);
    throw error;
  }
}

async function close(lms: readonly CausalLM[]): Promise<void> {
  for (const lm of lms) await lm[Symbol.asyncDispose]();
}

/** The model that prompts are checked with. */
async function openCheckModel(flags: SourceFlags, context: CommandContext): Promise<CausalLM | undefined> {
  const { checkModel } = flags;
  return checkModel === undefined ? undefined : openModel({ ...flags, model: checkModel }, context);
}

function required(value: string | undefined, flag: string, what: string): string {
  if (value !== undefined) return value;
  throw new SakeError(
    'invalid-option',
    `sake prompts generate: expected ${flag} for ${what}, got none; see sake prompts generate --help`,
  );
}

/** The source, giving all it has where that is fewer than asked for. */
function asManyAsThereAre(source: PromptGenerator): PromptGenerator {
  return {
    kind: source.kind,
    async generate(request: EditRequest, options: PromptOptions): Promise<PromptDistribution> {
      try {
        return await source.generate(request, options);
      } catch (error) {
        const made =
          isSakeError(error) && error.code === 'not-enough-data' ? error.details['made'] : undefined;
        if (typeof made !== 'number' || made < 1) throw error;
        return source.generate(request, { ...options, count: made });
      }
    },
  };
}
