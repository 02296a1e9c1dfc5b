import { createHash } from 'node:crypto';
import { type EditRequest, SakeError } from '@sakejs/spec';

const SAFE_ID = /^[a-z0-9][a-z0-9-]{0,79}$/;

/**
 * The id of a request's edit: a slug of the subject and ten hex digits of SHA-256 over the request.
 *
 * Subject, prompt and both objects count; the relation does not. The same request always has the same id.
 */
export function editId(request: EditRequest): string {
  const slug = request.subject
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  const identity = JSON.stringify([request.subject, request.prompt, request.targetTrue, request.targetNew]);
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 10);
  return `${slug || 'edit'}-${hash}`;
}

/** Whether an id is safe as a file name everywhere: lower-case letters, digits and inner hyphens, at most 80. */
export function isEditId(id: string): boolean {
  return SAFE_ID.test(id);
}

/** @throws {SakeError} `invalid-input` for an id that is no safe file name. */
export function checkEditId(id: string, where: string): string {
  if (!isEditId(id))
    throw new SakeError(
      'invalid-input',
      `${where}: expected an edit id of lower-case letters, digits and hyphens (at most 80), got ${JSON.stringify(id)}; take editId(request)`,
    );
  return id;
}
