import { createExpertSource, createTemplateSource } from '@sakejs/prompts';
import type { PromptGenerator } from '@sakejs/spec';

/**
 * The template source, or the prompts of a file with the template source's negatives.
 *
 * @param source `template`, or a path of a JSON, JSONL, CSV or TXT file.
 * @throws {SakeError} `not-found` or `invalid-file` with the line, for a file that cannot be read.
 */
export function loadPromptSource(source: string = 'template'): PromptGenerator {
  const template = createTemplateSource();
  return source === 'template' ? template : createExpertSource(source, { negatives: template });
}
