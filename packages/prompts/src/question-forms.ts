/** Layouts that put a question and leave the answer open, with `{q}` once. */
export const questionForms: readonly string[] = [
  'Question: {q} Answer:',
  'Q: {q} A:',
  '{q} The answer is',
  'User: {q} Assistant:',
  'Quiz time. {q} Answer:',
  'Someone asked: {q} The reply was:',
];

/** The layout with the question in place. */
export function fillQuestionForm(form: string, question: string): string {
  return form.replace('{q}', () => question);
}
