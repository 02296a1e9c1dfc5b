import { checkLearnInput, checkLengths, learnScope } from '@sakejs/editor';
import { nearestRequest } from '@sakejs/scope';
import {
  type CausalLM,
  createRandom,
  type EditMethod,
  type EditRequest,
  fillPrompt,
  type PromptDistribution,
  type PromptEdit,
  type PromptEmbedder,
  SakeError,
  type ScopeDetector,
  throwIfAborted,
} from '@sakejs/spec';
import { z } from 'zod';
import {
  changeFacts,
  dealKinds,
  demonstrate,
  type DemonstrationRatio,
  wordingsOf,
} from './build-demonstrations.js';
import { checkOptions, having } from './check-options.js';
import { type Demonstration, newFact, writeContext } from './demonstration.js';
import { otherFacts } from './other-facts.js';
import { rankBySimilarity } from './rank-by-similarity.js';
import { promptEdit } from './prompt-edit.js';

export interface IkeOptions {
  /** Most demonstrations. Default 32, as in the paper. */
  readonly demonstrations?: number;
  /** Copies, updates and retains that go together. Default 1, 3, 4, as in the paper. */
  readonly ratio?: DemonstrationRatio;
  /**
   * Most tokens of demonstrations and new fact together; what fits, the nearest first, is kept. Default half of the
   * model's positions, so that the other half is left to what is asked.
   */
  readonly tokens?: number;
  /** Retrieves demonstrations by sentence embeddings. Default: by the model's own last-token activations. */
  readonly embedder?: PromptEmbedder;
  /** Stands in tables and in every edit's provenance. Default `ike`. */
  readonly name?: string;
  /** Which of several live edits' contexts is used. Default `nearestRequest()`, which never closes, as for `icl`. */
  readonly scope?: ScopeDetector;
}

const WHERE = 'ike';

const schema = z.strictObject({
  demonstrations: z.int().min(1).default(32),
  ratio: z
    .strictObject({ copy: z.int().min(0), update: z.int().min(0), retain: z.int().min(0) })
    .refine(({ copy, update, retain }) => copy + update + retain > 0, 'must name at least one')
    .default({ copy: 1, update: 3, retain: 4 }),
  tokens: z.int().min(1).optional(),
  embedder: having<PromptEmbedder>('embed').optional(),
  name: z.string().min(1).default('ike'),
  scope: having<ScopeDetector>('fit').optional(),
});

/**
 * In-context knowledge editing: demonstrations of edits, then the new fact, in front of every prompt.
 *
 * `New Fact: {fact}`, a line break, `Prompt: {prompt}`; so for each demonstration, its answer behind it. A *copy* asks
 * the fact's own prompt again, an *update* another wording of it, a *retain* the same of another subject, whose answer
 * stays. The facts are of the edit's relation and other subjects, those of the distribution's negatives, from which test
 * subjects are withheld; their true objects are what the model says, their new ones other subjects' objects. They are
 * ranked by cosine to the edit's new fact; the nearest stand nearest to the edit. The paper retrieves from CounterFact's
 * training records by sentence embeddings; of the same records it takes wordings and neighbours.
 *
 * How many fit into `tokens` stands in the provenance. Cost of learning: one batch of short greedy continuations
 * (as many as other subjects), one pass over as many statements, one over the request's prompt.
 * Source: Zheng et al., "Can We Edit Factual Knowledge by In-Context Learning?", section 3 (arXiv 2305.12740).
 *
 * @throws {SakeError} here `invalid-option`; from `learn` `invalid-request` for a malformed request or prompts of
 * another one, `not-enough-data` without prompts or where no demonstration can be made or fits, `invalid-input` where
 * context and the request's own prompt exceed the model's positions, `aborted`, and what the scope throws.
 */
export function ike(options: IkeOptions = {}): EditMethod<PromptEdit> {
  const { name, scope: detector = nearestRequest(), ...checked } = checkOptions(WHERE, schema, options);
  return {
    name,
    learn: async (input, { lm, prompts, seed = 0, signal }) => {
      const request = checkLearnInput(input, prompts, WHERE);
      throwIfAborted(signal, WHERE);
      const prompt = fillPrompt(request.prompt, request.subject);
      const distribution = { ...prompts, request };
      const tokens = checked.tokens ?? Math.floor(lm.info.maxPositions / 2);
      const candidates = await retrieve(lm, distribution, { ...checked, seed, signal });
      const kept = fitting(lm, candidates, request, tokens);
      const prefix = writeContext(kept.toReversed(), request);
      checkLengths(lm, [prefix + prompt], WHERE);
      const { scope } = await learnScope({
        ...{ lm, scope: detector, signal, where: WHERE, forcedSource: false },
        prompts: { ...distribution, prompts: [prompt], wordings: [0], positives: [], negatives: [] },
      });
      const count = (kind: Demonstration['kind']): number => kept.filter((each) => each.kind === kind).length;
      return promptEdit(
        {
          request,
          prefix,
          scope,
          method: name,
          settings: {
            demonstrationsWanted: checked.demonstrations,
            demonstrationsFound: candidates.length,
            demonstrations: kept.length,
            ...{ copies: count('copy'), updates: count('update'), retains: count('retain') },
            tokens,
            retrieval: checked.embedder?.kind ?? 'last-token activation',
          },
        },
        { lm, prompts, seed },
      );
    },
  };
}

/** Demonstrations, the one whose fact is most like the edit's first. */
async function retrieve(
  lm: CausalLM,
  prompts: PromptDistribution,
  options: {
    readonly demonstrations: number;
    readonly ratio: DemonstrationRatio;
    readonly embedder?: PromptEmbedder | undefined;
    readonly seed: number;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Demonstration[]> {
  const { request } = prompts;
  const random = createRandom(options.seed).fork(`${WHERE} ${request.subject} ${request.prompt}`);
  const facts = await otherFacts(lm, prompts, options.signal, WHERE);
  const changed = changeFacts(facts, request, random.fork('objects'));
  if (changed.length === 0)
    throw new SakeError(
      'not-enough-data',
      `${WHERE}: expected other subjects with at least two known objects among the negatives, to make demonstrations of, got ${facts.length} facts; use prompts with negatives of kind 'other-subject'`,
      { details: { request, facts: facts.length } },
    );
  const statement = ({ subject, objectNew }: (typeof changed)[number]): string =>
    newFact({ ...request, subject, targetNew: objectNew });
  const ranked = await rankBySimilarity(lm, newFact(request), changed.map(statement), {
    ...{ embedder: options.embedder, signal: options.signal, where: WHERE },
  });
  throwIfAborted(options.signal, WHERE);
  const parts = { prompt: request.prompt, patterns: wordingsOf(prompts), facts };
  const kinds = dealKinds(options.ratio, random.fork('kinds'));
  const wording = random.fork('wordings');
  return ranked
    .slice(0, options.demonstrations)
    .flatMap((index) => demonstrate(kinds.next().value!, changed[index]!, parts, wording) ?? []);
}

/** As many of the first demonstrations as fit into the tokens together with the edit's fact. */
function fitting(
  lm: CausalLM,
  demonstrations: readonly Demonstration[],
  request: EditRequest,
  tokens: number,
): readonly Demonstration[] {
  const length = (count: number): number =>
    lm.encode(writeContext(demonstrations.slice(0, count), request)).length;
  let count = 0;
  while (count < demonstrations.length && length(count + 1) <= tokens) count++;
  if (count === 0)
    throw new SakeError(
      'not-enough-data',
      `${WHERE}: expected room for one demonstration and the new fact in ${tokens} tokens, got ${length(1)} tokens; raise \`tokens\`, or use icl`,
      { details: { request, tokens } },
    );
  return demonstrations.slice(0, count);
}
