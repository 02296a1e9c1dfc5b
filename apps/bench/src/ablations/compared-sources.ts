import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SakeError } from '@sakejs/spec';

/** The ablation that compares sources of prompts; others take the first one. */
const SOURCE = 'source';

/** What names the sources of ablations. */
export interface SourcesAsked {
  /** What `--sources` says. */
  readonly sources?: readonly string[] | undefined;
  readonly split: string;
  readonly records?: string | undefined;
}

/**
 * The sources of prompts that ablations take: those asked for, else `template`.
 *
 * `source` compares sources, so that one alone is refused. Where none are named it takes the hand-written prompts for the
 * embedded model's dev records beside `template`, in a checkout of the repository, where they are.
 *
 * @throws {SakeError} `invalid-option` where `source` has nothing to compare.
 */
export function comparedSources(
  names: readonly string[],
  { sources, split, records }: SourcesAsked,
  expert: string | null = expertFile(),
): readonly string[] {
  if (!names.includes(SOURCE)) return sources ?? ['template'];
  const isDefault = sources === undefined && split === 'dev' && records === undefined;
  const compared = sources ?? (isDefault && expert !== null ? ['template', expert] : ['template']);
  if (new Set(compared).size > 1) return compared;
  throw new SakeError(
    'invalid-option',
    `sake-bench ablate: expected two --sources to compare for ${SOURCE}, such as template,prompts.json, got ${compared.join(',')}`,
  );
}

/** The hand-written prompts for the embedded model's dev records; null outside the repository. */
function expertFile(): string | null {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    if (folder === dirname(folder)) return null;
    folder = dirname(folder);
  }
  const file = join(folder, '../../examples/prompts/embedded-dev.json');
  return existsSync(file) ? relative(process.cwd(), file) : null;
}
