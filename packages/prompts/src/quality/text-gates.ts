import { findRuns, foldedWords, foldText, isUnspaced } from './folded-words.js';
import { askingKinds, type GateContext, type QualityGate } from './quality-gate.js';

/** Drops texts without a word. */
export const emptyText: QualityGate = {
  name: 'empty',
  check: ({ wording }) => wording !== '',
};

/**
 * Drops paraphrases and doubts that name neither the subject nor an alias as it is written, as whole words.
 * An implication may speak of the subject by description.
 */
export const missingSubject: QualityGate = {
  name: 'missing-subject',
  kinds: ['paraphrase', 'doubt', 'other-relation'],
  check: ({ subject }) => subject !== undefined,
};

const bracketed =
  /\{[^{}]*\}|\[(?:[A-Z][A-Z_ ]*|mask|blank|object|answer|subject)\]|<\|?\/?[A-Za-z_]+(?:_\d+)?\|?>|_{2,}/u;
const openEnd = /\.{3}|…|\(\s*(?:blank|\?+)\s*\)|(?<=\s)(?:\?{2,}|-{2,}|X{2,})/u;

/**
 * Drops texts with something left to fill in: `{}`, `[MASK]`, `<NAME>`, `____`; in paraphrases and implications also
 * `...`, `…`, `(blank)`, and `???`, `--` or `XX` standing alone. What the subject itself holds does not count.
 */
export const placeholder: QualityGate = {
  name: 'unfilled-placeholder',
  check: ({ text }, { kind, subjects }) => {
    const outside = subjects.reduce((rest, form) => rest.replaceAll(form, () => ' '), text);
    return !bracketed.test(outside) && !(askingKinds.includes(kind) && openEnd.test(outside));
  },
};

/**
 * Drops paraphrases and implications that name either object or an alias of one.
 *
 * Whole words count, whatever their case and accents; in scripts without spaces, any place. An object inside the
 * subject (`Toyota` in `Toyota Camry`) does not. Other forms of a name (`Peruvian`) are not recognised: give them as
 * aliases.
 */
export const namesObject: QualityGate = {
  name: 'names-object',
  kinds: askingKinds,
  check: ({ text }, context) => !context.objects.some((object) => names(text, object, context)),
};

function names(text: string, object: string, { subjects }: GateContext): boolean {
  if (isUnspaced(object)) {
    const outside = subjects.reduce(
      (rest, subject) => rest.replaceAll(foldText(subject), () => ' '),
      foldText(text),
    );
    return outside.includes(foldText(object));
  }
  const words = foldedWords(text);
  const own = subjects.flatMap((subject) => findRuns(words, foldedWords(subject)));
  return findRuns(words, foldedWords(object)).some(
    ({ from, to }) => !own.some((run) => run.from <= from && to <= run.to),
  );
}

/** Drops texts that share wording with a test prompt. */
export const withheld: QualityGate = {
  name: 'withheld',
  check: ({ text, subject }, { withholding }) => withholding?.blocksText(text, subject) !== true,
};

/** Drops texts that were kept before, case and punctuation aside. */
export const duplicate: QualityGate = {
  name: 'duplicate',
  check: ({ wording }, { kept }) => !kept.some((other) => other.wording === wording),
};
