import { fillPrompt, type EditRequest, type Random, type ScopePrompt } from '@sakejs/spec';
import { doubtForms, fillDoubtForm } from './doubt-forms.js';

/**
 * Doubts about an edit without end, kind `doubt`: every form in turn, about the request's own prompt
 * and another prompt of the edit by turns.
 *
 * @param patterns wordings of the relation with `{}`, without the request's own.
 */
export function* doubtPrompts(
  request: EditRequest,
  patterns: readonly string[],
  random: Random,
): Generator<ScopePrompt> {
  const forms = random.shuffle(doubtForms);
  for (let round = 0; ; round++)
    for (const [index, form] of forms.entries()) {
      const ownPrompt = patterns.length === 0 || (index + round) % 2 === 0;
      const prompt = fillPrompt(ownPrompt ? request.prompt : random.pick(patterns), request.subject);
      const { targetTrue, targetNew, subject } = request;
      const text = fillDoubtForm(form, { prompt, targetTrue, targetNew });
      yield { text, kind: 'doubt', subject, wording: form.closing };
    }
}
