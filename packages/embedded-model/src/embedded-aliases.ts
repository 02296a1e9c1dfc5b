import { readTable } from './read-table.js';

/** Another name of a subject that the embedded model was trained on. */
export interface EmbeddedAlias {
  readonly subject: string;
  readonly alias: string;
  /** `Darrieux` and `D. Darrieux` of `Danielle Darrieux`. */
  readonly rule: 'surname' | 'initials';
}

let known: readonly EmbeddedAlias[] | undefined;

/** Rule-made aliases of people. */
export function embeddedAliases(): readonly EmbeddedAlias[] {
  known ??= readTable('aliases.tsv').map((row): EmbeddedAlias => {
    const [subject, alias, rule] = row as [string, string, EmbeddedAlias['rule']];
    return { subject, alias, rule };
  });
  return known;
}
