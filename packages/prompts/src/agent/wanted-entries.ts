import { checkCount } from '../check-options.js';

/** How many entries of each kind a distribution shall have beside its prompts; 0 leaves a kind out. */
export interface WantedEntries {
  /** Other names of the subject; each gives three positives. Default 3. */
  readonly aliases?: number;
  /** Default 10. */
  readonly oneHopImplications?: number;
  /** Default 10. */
  readonly twoHopImplications?: number;
  /** Default 5. */
  readonly reverseQuestions?: number;
  /** Doubts in the model's own words, at most `doubts` of them. Default 15. */
  readonly doubtForms?: number;
}

/** The counts with defaults in place. @throws {SakeError} `invalid-option` for what is no count. */
export function checkWanted(where: string, wanted: WantedEntries): Required<WantedEntries> {
  const all = {
    aliases: wanted.aliases ?? 3,
    oneHopImplications: wanted.oneHopImplications ?? 10,
    twoHopImplications: wanted.twoHopImplications ?? 10,
    reverseQuestions: wanted.reverseQuestions ?? 5,
    doubtForms: wanted.doubtForms ?? 15,
  };
  for (const [name, count] of Object.entries(all)) checkCount(where, `wanted.${name}`, count, 0);
  return all;
}
