import {
  isSakeError,
  SakeError,
  type CausalLM,
  type Edit,
  type EditMethod,
  type PromptDistribution,
  type PromptGenerator,
  type SakeErrorCode,
} from '@sakejs/spec';
import { withheldPrompts } from '../protocols/counterfact-queries.js';
import type { CounterFactRecord } from '../datasets/counterfact.js';

export interface LearnSettings {
  readonly lm: CausalLM;
  readonly count: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** What goes wrong with one record and may go well with the next; anything else ends the run. */
const perRecord: ReadonlySet<SakeErrorCode> = new Set<SakeErrorCode>([
  'not-found',
  'not-enough-data',
  'invalid-request',
  'invalid-input',
  'numerical',
  'unsupported',
]);

/** The value, or the error where it concerns this record alone. */
async function attempt<T>(work: Promise<T>): Promise<T | SakeError> {
  try {
    return await work;
  } catch (error) {
    if (isSakeError(error) && perRecord.has(error.code)) return error;
    throw error;
  }
}

/** A record's prompts, its test prompts withheld; the error where the source has none for it. */
export function promptsOf(
  { request, ...record }: CounterFactRecord,
  source: PromptGenerator,
  { count, seed, signal }: LearnSettings,
): Promise<PromptDistribution | SakeError> {
  const withhold = withheldPrompts({ request, ...record });
  return attempt(
    source.generate(request, { count, seed, withhold, ...(signal === undefined ? {} : { signal }) }),
  );
}

/** A record's edit; the error where the method could not learn it. */
export function learnRecord(
  { request }: CounterFactRecord,
  method: EditMethod,
  prompts: PromptDistribution,
  { lm, seed, signal }: LearnSettings,
): Promise<Edit | SakeError> {
  return attempt(method.learn(request, { lm, prompts, seed, ...(signal === undefined ? {} : { signal }) }));
}

/** The error of a run in which no record has prompts. */
export function noPrompts(errors: readonly SakeError[], source: PromptGenerator): SakeError {
  const [first] = errors;
  return new SakeError(
    'not-enough-data',
    `runCounterFact: expected the prompt source '${source.kind}' to have prompts for at least one record, got none for ` +
      `any of ${errors.length}; choose a source that knows these relations, such as a file of hand-written prompts. ` +
      `The first record: ${first?.message ?? 'no message'}`,
    { cause: first },
  );
}
