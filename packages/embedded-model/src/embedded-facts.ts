import { readFileSync } from 'node:fs';

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
  known ??= readFileSync(new URL('../records/facts.tsv', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line): EmbeddedFact => {
      const [relation, subject, object, keptOut] = line.split('\t') as [string, string, string, string];
      return { relation, subject, object, keptOut: keptOut === 'yes' };
    });
  return known;
}
