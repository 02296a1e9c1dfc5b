import type { EditRequest } from '@sakejs/spec';
import type { ExpertFile, ExpertRecord } from './expert-file.js';

/** Whether a file has prompts for a request: in a record of its own, or without a subject. */
export function hasPromptsFor(file: ExpertFile, request: EditRequest): boolean {
  return file.shared.length > 0 || recordsFor(file, request).some(({ prompts }) => prompts.length > 0);
}

/** The records that are for a request: of its subject and, where they name them, of its prompt and objects. */
export function recordsFor({ records }: ExpertFile, request: EditRequest): readonly ExpertRecord[] {
  return records.filter(
    (record) =>
      record.subject.trim() === request.subject &&
      (['prompt', 'targetTrue', 'targetNew'] as const).every(
        (field) => record[field] === undefined || record[field].trim() === request[field],
      ),
  );
}
