import { fillPrompt } from '@sakejs/spec';

/** A pattern with a description in the subject's place; at the start of a sentence it gets a capital letter. */
export function fillDescription(pattern: string, description: string): string {
  const before = pattern.slice(0, pattern.indexOf('{}'));
  const starts = before === '' || /[.?!:] $/.test(before);
  return fillPrompt(
    pattern,
    starts ? description.charAt(0).toUpperCase() + description.slice(1) : description,
  );
}
