import { SakeError } from '@sakejs/spec';

/** A repository of models on the hub, and what of its history is meant. */
export interface HubId {
  /** `owner/name`, or the `name` of a repository from before there were owners. */
  readonly id: string;
  /** A branch, a tag, `refs/pr/1` or a commit. */
  readonly revision: string;
}

const DEFAULT_REVISION = 'main';
/** The hub's own rule: letters, digits, `-`, `_`, `.`, none of them doubled or at an end where it means something. */
const NAME = /^(?![.-])(?!.*(?:--|\.\.))[\w.-]{1,96}(?<![.-])(?<!\.git)$/;
const REVISION_SEGMENT = /^(?![.-])(?!.*\.\.)[\w.+-]{1,200}(?<!\.)(?<!\.lock)$/;
const COMMIT = /^[0-9a-f]{40}$/;

/** Whether a revision is a whole commit hash, which never moves. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/**
 * Whether a text has the form `owner/name` or `owner/name@revision`.
 *
 * A bare `name` has not, though {@link parseHubId} takes it: where a local folder may be meant too, a mistyped one
 * must not become a request.
 */
export function isHubId(text: string): boolean {
  const { id, revision } = split(text);
  return id.includes('/') && isId(id) && (revision === undefined || isRevision(revision));
}

/**
 * Takes `owner/name` or `owner/name@revision` apart.
 *
 * @param revision the one wanted, where the text names none. Default `main`.
 * @throws {SakeError} `invalid-input` for anything that is no id: a path, `..`, a URL; and for two revisions.
 */
export function parseHubId(text: string, revision?: string): HubId {
  const parts = split(text);
  if (!isId(parts.id))
    throw new SakeError(
      'invalid-input',
      `parseHubId: expected a hub id such as owner/name or owner/name@revision, got ${JSON.stringify(text)}`,
      { details: { id: text } },
    );
  const wanted = parts.revision ?? revision ?? DEFAULT_REVISION;
  if (!isRevision(wanted))
    throw new SakeError(
      'invalid-input',
      `parseHubId: expected a revision such as main, v1.0 or a commit, got ${JSON.stringify(wanted)}`,
      { details: { id: parts.id, revision: wanted } },
    );
  if (revision !== undefined && wanted !== revision)
    throw new SakeError(
      'invalid-input',
      `parseHubId: expected one revision, got ${wanted} in the id and ${revision} beside it; name one`,
      { details: { id: parts.id, revision } },
    );
  return { id: parts.id, revision: wanted };
}

function split(text: string): { id: string; revision: string | undefined } {
  const at = text.indexOf('@');
  return at < 0 ? { id: text, revision: undefined } : { id: text.slice(0, at), revision: text.slice(at + 1) };
}

function isId(id: string): boolean {
  const names = id.split('/');
  return names.length <= 2 && names.every((name) => NAME.test(name));
}

function isRevision(revision: string): boolean {
  return revision.split('/').every((segment) => REVISION_SEGMENT.test(segment));
}
