import { readTable } from './read-table.js';

/** Two facts of the embedded model in a chain. */
export interface EmbeddedComposition {
  readonly subject: string;
  readonly firstRelation: string;
  /** Object of the first fact, subject of the second. */
  readonly bridge: string;
  readonly secondRelation: string;
  readonly object: string;
  /** Whether training stated the chain as one two-hop statement; the others were held out. */
  readonly shown: boolean;
}

let known: readonly EmbeddedComposition[] | undefined;

/** Chains of two facts, those stated in training and those held out. */
export function embeddedCompositions(): readonly EmbeddedComposition[] {
  known ??= readTable('compositions.tsv').map((row): EmbeddedComposition => {
    const [subject, firstRelation, bridge, secondRelation, object, shown] = row as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    return { subject, firstRelation, bridge, secondRelation, object, shown: shown === 'yes' };
  });
  return known;
}
