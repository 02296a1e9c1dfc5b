import { readTable } from './read-table.js';

/** A fact that the embedded model was trained on. */
export interface EmbeddedFact {
  /** Wikidata's property id, e.g. `P36`. */
  readonly relation: string;
  readonly subject: string;
  readonly object: string;
  /** Whether the subject was kept out of every steering-context example. */
  readonly keptOut: boolean;
}

let known: readonly EmbeddedFact[] | undefined;

/** The facts the embedded model was trained on, by relation and subject. */
export function embeddedFacts(): readonly EmbeddedFact[] {
  known ??= readTable('facts.tsv').map((row): EmbeddedFact => {
    const [relation, subject, object, keptOut] = row as [string, string, string, string];
    return { relation, subject, object, keptOut: keptOut === 'yes' };
  });
  return known;
}
