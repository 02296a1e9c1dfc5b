import { documentText, type Corpus } from './create-corpus.js';

export interface TokenizerTextOptions {
  /** How many documents of the corpus, from the first on. */
  readonly documents: number;
  /** How often each object stands there besides, so that its words become few tokens. Default 50. */
  readonly objectRepeats?: number;
}

/** Texts to train the tokenizer on: documents of the corpus, then each distinct object behind a space. */
export function* tokenizerTexts(
  corpus: Corpus,
  { documents, objectRepeats = 50 }: TokenizerTextOptions,
): Generator<string, void, undefined> {
  for (let index = 0; index < documents; index++) yield documentText(corpus.document(index));
  const objects = new Set(corpus.dataset.facts.map(({ object }) => ` ${object}`));
  for (const object of objects) for (let i = 0; i < objectRepeats; i++) yield object;
}
