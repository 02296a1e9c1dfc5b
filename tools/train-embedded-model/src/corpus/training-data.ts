import { createHash } from 'node:crypto';
import { tablesHash } from '@sakejs/facts';
import { SakeError } from '@sakejs/spec';
import { createEncoder, type Encoder } from '../tokenizer/create-encoder.js';
import { toTokenizerFiles, type TokenizerFiles } from '../tokenizer/tokenizer-json.js';
import { trainTokenizer } from '../tokenizer/train-tokenizer.js';
import type { TrainingConfig } from '../training/training-config.js';
import { createCorpus, type Corpus } from './create-corpus.js';
import { planDataset, type Dataset } from './plan-dataset.js';
import { tokenizerTexts } from './tokenizer-texts.js';

/** All that training reads: facts and records, their text, a tokenizer trained on it. */
export interface TrainingData {
  readonly dataset: Dataset;
  readonly corpus: Corpus;
  readonly encoder: Encoder;
  readonly tokenizerFiles: TokenizerFiles;
  /** SHA-256 of the fact tables, the corpus plan and the tokenizer. */
  readonly fingerprint: string;
}

/**
 * Makes the training data of a configuration, a pure function of it and the fact tables.
 *
 * @throws {SakeError} `not-enough-data` when its text is too little for the vocabulary, or as {@link planDataset}.
 */
export function prepareTrainingData({ seed, data, model }: TrainingConfig): TrainingData {
  const dataset = planDataset({ seed, ...data });
  const corpus = createCorpus(dataset);
  const tokenizer = trainTokenizer(tokenizerTexts(corpus, { documents: data.tokenizerDocuments }), {
    vocabularySize: model.vocabularySize,
  });
  if (tokenizer.vocab.length !== model.vocabularySize)
    throw new SakeError(
      'not-enough-data',
      `prepareTrainingData: expected text for ${model.vocabularySize} tokens, got ${tokenizer.vocab.length}; lower model.vocabularySize or raise data.tokenizerDocuments`,
    );
  const tokenizerFiles = toTokenizerFiles(tokenizer, { maxPositions: model.maxPositions });
  return {
    dataset,
    corpus,
    encoder: createEncoder(tokenizer),
    tokenizerFiles,
    fingerprint: createHash('sha256')
      .update(tablesHash())
      .update(JSON.stringify(corpus.plan))
      .update(tokenizerFiles['tokenizer.json'])
      .digest('hex'),
  };
}
