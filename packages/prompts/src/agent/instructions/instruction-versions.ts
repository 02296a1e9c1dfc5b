import { doubtForms } from './doubt-forms.js';
import type { InstructionKind } from './instruction.js';
import { oneHopImplications } from './one-hop-implications.js';
import { paraphrases } from './paraphrases.js';
import { reverseQuestions } from './reverse-questions.js';
import { subjectAliases } from './subject-aliases.js';
import { twoHopImplications } from './two-hop-implications.js';

/** The version of every instruction; each is part of the keys that replies are cached under. */
export const instructionVersions: Readonly<Record<InstructionKind, number>> = {
  paraphrases: paraphrases.version,
  'subject-aliases': subjectAliases.version,
  'one-hop-implications': oneHopImplications.version,
  'two-hop-implications': twoHopImplications.version,
  'reverse-questions': reverseQuestions.version,
  'doubt-forms': doubtForms.version,
};

/** All instructions in one text, `kind@version` each, for the settings that a distribution names. */
export const instructionList: string = Object.entries(instructionVersions)
  .map(([kind, version]) => `${kind}@${version}`)
  .join(' ');
