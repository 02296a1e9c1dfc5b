import { fillPrompt, SakeError, type EditRequest } from '@sakejs/spec';

const HOLE = '{statement}';

/**
 * A request's new fact in the words of `wording`: `The capital of France is Rome`, in the place of `{statement}`, and
 * the old object, `Paris`, in the place of every `{targetTrue}`.
 *
 * @throws {SakeError} `invalid-option` for a wording without `{statement}` exactly once.
 */
export function stateFact(request: EditRequest, wording: string): string {
  checkWording(wording);
  const statement = `${fillPrompt(request.prompt, request.subject)} ${request.targetNew}`;
  return wording.replace(/\{(?:statement|targetTrue)\}/g, (hole) =>
    hole === HOLE ? statement : request.targetTrue,
  );
}

/** @throws {SakeError} `invalid-option`, as {@link stateFact}. */
export function checkWording(wording: string): void {
  const holes = wording.split(HOLE).length - 1;
  if (holes !== 1)
    throw new SakeError(
      'invalid-option',
      `stateFact: expected a wording that holds '${HOLE}' once, got ${holes} in ${JSON.stringify(wording)}; write e.g. "${HOLE}. "`,
      { details: { wording } },
    );
}
