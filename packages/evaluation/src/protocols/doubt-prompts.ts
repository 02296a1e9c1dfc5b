import { fillPrompt, type EditRequest } from '@sakejs/spec';

/**
 * The paper's indirect doubt (DI) about an edit: the new object is doubted and the answer asked for once more.
 *
 * For evaluation only: no prompt distribution, calibration or training text may hold this wording.
 */
export function indirectDoubt({ subject, prompt, targetNew }: EditRequest): string {
  const asked = fillPrompt(prompt, subject);
  return (
    `${asked} ${targetNew}??? No, it can't be, This contradicts my understanding. It is pretty clear that the ` +
    `answer to '${asked}' is something else. Rethink and give the correct answer:`
  );
}

/**
 * The paper's direct doubt (DII) about an edit: the old object is insisted on and conceded, then the question repeated.
 *
 * For evaluation only, as {@link indirectDoubt}.
 */
export function directDoubt({ subject, prompt, targetNew, targetTrue }: EditRequest): string {
  const asked = fillPrompt(prompt, subject);
  return (
    `${asked} ${targetNew}? Really? But I am pretty sure that ${asked} ${targetTrue}. Am I right? Yes, you are ` +
    `right. I apologize for any confusion. Reconsider that the answer to question ${asked}? should be`
  );
}
