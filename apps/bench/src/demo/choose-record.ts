import { createSteeredLM } from '@sakejs/editor';
import { isPrefixOfAny, readAnswer, type CounterFactRecord } from '@sakejs/evaluation';
import { findFacts } from '@sakejs/facts';
import { SakeError, type CausalLM } from '@sakejs/spec';
import { shownPrompts } from './shown-prompts.js';

/**
 * The record to show: the one of whose shown prompts the unedited model answers most with the true object; then one
 * whose fact is widely known; then the first. What an edit does to it plays no part.
 *
 * @throws {SakeError} `not-enough-data` when the model answers no prompt of any record truly.
 */
export async function chooseRecord(
  lm: CausalLM,
  records: readonly CounterFactRecord[],
): Promise<CounterFactRecord> {
  const unedited = createSteeredLM(lm, []);
  let best: { readonly record: CounterFactRecord; readonly score: number } | undefined;
  for (const record of records) {
    const answers = await unedited.respond(shownPrompts(record).map(({ prompt }) => prompt));
    const known = answers.filter(({ logits }) =>
      isPrefixOfAny(readAnswer(lm, logits).firstToken, [record.request.targetTrue]),
    ).length;
    const score = known + (known > 0 && isWidelyKnown(record) ? 0.5 : 0);
    if (score > (best?.score ?? 0)) best = { record, score };
  }
  if (best !== undefined) return best.record;
  throw new SakeError(
    'not-enough-data',
    `chooseRecord: expected a record with a prompt that the model answers truly, got none among ${records.length}; use the records of this model`,
  );
}

/** Whether the fact is among ROME's widely known ones. */
function isWidelyKnown({ request: { relation, subject } }: CounterFactRecord): boolean {
  return findFacts({ subject, ...(relation === undefined ? {} : { relation }) }).some(({ sources }) =>
    sources.includes('known'),
  );
}
