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
}

/** A source, and the model that must be closed behind it. */
export interface OpenedSource extends AsyncDisposable {
  readonly source: PromptGenerator;
}

/** The source of that name; all take their negatives from the template source, where it knows the relation. */
export async function openSource(flags: SourceFlags, context: CommandContext): Promise<OpenedSource> {
  const negatives = createTemplateSource();
  const cache = flags.cache === undefined ? {} : { cache: createPromptCache(flags.cache) };
  switch (flags.source) {
    case 'template':
      return opened(negatives);
    case 'expert': {
      const file = required(flags.prompts, '--prompts', 'the expert source');
      const source = createExpertSource(file, { negatives });
      return opened(flags.count === undefined ? asManyAsThereAre(source) : source);
    }
    case 'agent':
      return opened(
        createAgentSource({
          model: required(flags.agentModel, '--agent-model', 'the agent source'),
          concurrency: flags.concurrency,
          negatives,
          ...(flags.baseUrl === undefined ? {} : { baseURL: flags.baseUrl }),
          ...cache,
        }),
      );
    case 'local': {
      const lm = await openModel(flags, context);
      return opened(createLocalSource({ lm, negatives, ...cache }), lm);
    }
  }
}

function opened(source: PromptGenerator, lm?: CausalLM): OpenedSource {
  return { source, [Symbol.asyncDispose]: async () => lm?.[Symbol.asyncDispose]() };
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
