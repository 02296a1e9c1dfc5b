import type { RowSource } from '@sakejs/editor';
import { captureImplications, selectImplications } from '@sakejs/prompts';
import { fillPrompt, implicationContexts, type EditRequest, type ImpliedPrompts } from '@sakejs/spec';

/** Implications of an edit that the authors' code asks for. */
const OFFERED = 25;
/** Those of them that it keeps. */
const KEPT = 10;

/**
 * The authors' implications as rows of the edit's one map: 10 of 25 by cosine, with 4 noisy copies each (sigma 0.1).
 *
 * They are the distribution's own questions of what follows, of each in turn until there are 25, but for those longer than the
 * model's positions behind their contexts. Where there are fewer than 10, all are kept; without any there are no rows.
 * Source: SAKE's public code (arXiv 2503.01751), whose implications a chat model writes.
 */
export const paperImplications: RowSource = async (request, { lm, prompts, seed, signal }) => {
  const texts = inTurn(prompts.implied ?? [])
    .filter((text) =>
      contextsOf(request, text).every((context) => lm.encode(context).length <= lm.info.maxPositions),
    )
    .slice(0, OFFERED);
  if (texts.length === 0) return undefined;
  const { source, target } = await captureImplications(lm, request, texts, signal);
  const selected = selectImplications(source, target, {
    keep: Math.min(KEPT, texts.length),
    ...(seed !== undefined && { seed }),
  });
  // Copies follow the kept rows, copy by copy.
  const groups = Array.from(
    { length: selected.source.rows },
    (_, at) => selected.kept[at % selected.kept.length]!,
  );
  return { source: selected.source, target: selected.target, sourceGroups: groups, targetGroups: groups };
};

/** The first prompt of each question, then the second of each, … without repeats. */
function inTurn(implied: readonly ImpliedPrompts[]): string[] {
  const longest = Math.max(0, ...implied.map(({ prompts }) => prompts.length));
  const texts = Array.from({ length: longest }, (_, at) =>
    implied.flatMap(({ prompts }) => prompts[at]?.text ?? []),
  );
  return [...new Set(texts.flat())];
}

function contextsOf({ subject, prompt, targetTrue, targetNew }: EditRequest, question: string): string[] {
  const asked = fillPrompt(prompt, subject);
  const { source, target } = implicationContexts({
    originalFact: `${asked} ${targetTrue}`,
    editedFact: `${asked} ${targetNew}`,
    question,
  });
  return [source, target];
}
