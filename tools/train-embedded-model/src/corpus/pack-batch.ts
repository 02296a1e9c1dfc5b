import { SakeError } from '@sakejs/spec';
import type { Encoder } from '../tokenizer/create-encoder.js';
import type { TrainingDocument } from './create-corpus.js';
import { encodeDocument, type EncodedDocument } from './encode-document.js';

/** Documents by index, without end. */
export interface DocumentStream {
  document(index: number): TrainingDocument;
}

export interface PackOptions {
  readonly encoder: Encoder;
  /** Rows. */
  readonly batch: number;
  /** Tokens a row. */
  readonly length: number;
  /** Loss weight of an answer's token. Default 1. */
  readonly answerWeight?: number;
  /** Loss weight of any other token that is no claim. Default 0.3. */
  readonly textWeight?: number;
}

/** Training rows, row-major [batch · length] each. */
export interface PackedBatch {
  readonly tokens: Int32Array<ArrayBuffer>;
  /** The token after each one, of the same document; `<|endoftext|>` after a document's last. */
  readonly targets: Int32Array<ArrayBuffer>;
  /** Weight of each target in the loss; they sum to 1. 0 for claims and padding. */
  readonly lossWeights: Float32Array<ArrayBuffer>;
  /** 1 where the target is part of an answer. */
  readonly isAnswer: Uint8Array<ArrayBuffer>;
  /** Position within the document, from 0. */
  readonly positions: Int32Array<ArrayBuffer>;
  /** Number of the document within the row, from 0; tokens of different ones never attend to each other. -1 is padding. */
  readonly segmentIds: Int32Array<ArrayBuffer>;
  /** The first document that is not in the batch. */
  readonly nextDocument: number;
  /** Tokens that are no padding. */
  readonly tokenCount: number;
  /** Documents longer than a row, cut off at its end. */
  readonly truncated: number;
}

/** Documents by row, longest first, each into the fullest row that has room; undefined when they do not all fit. */
function fillRows(lengths: readonly number[], batch: number, length: number): number[][] | undefined {
  const rows = Array.from({ length: batch }, (): number[] => []);
  const room = new Array<number>(batch).fill(length);
  const longestFirst = lengths.map((_, i) => i).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  for (const document of longestFirst) {
    let best = -1;
    for (let row = 0; row < batch; row++)
      if (room[row]! >= lengths[document]! && (best < 0 || room[row]! < room[best]!)) best = row;
    if (best < 0) return undefined;
    room[best]! -= lengths[document]!;
    rows[best]!.push(document);
  }
  return rows;
}

/**
 * Packs documents `start`, `start` + 1, … into rows: as many as fit whole, placed best-fit with the longest first.
 *
 * A document of n tokens takes n places; `<|endoftext|>` is only ever a target (and padding). Places left over have
 * weight 0. A pure function of the stream, the options and `start`.
 *
 * @throws {SakeError} `invalid-option` when batch or length is no positive integer, or a weight is negative.
 */
export function packBatch(stream: DocumentStream, start: number, options: PackOptions): PackedBatch {
  const { encoder, batch, length, answerWeight = 1, textWeight = 0.3 } = options;
  if (!Number.isInteger(batch) || batch < 1 || !Number.isInteger(length) || length < 1)
    throw new SakeError(
      'invalid-option',
      `packBatch: expected positive batch and length, got ${batch} x ${length}`,
    );
  if (!(answerWeight > 0) || !(textWeight >= 0))
    throw new SakeError(
      'invalid-option',
      `packBatch: expected answerWeight > 0 and textWeight >= 0, got ${answerWeight} and ${textWeight}`,
    );
  const documents: EncodedDocument[] = [];
  const lengths: number[] = [];
  for (let total = 0; total < batch * length;) {
    const document = encodeDocument(stream.document(start + documents.length), encoder);
    documents.push(document);
    lengths.push(Math.min(document.tokens.length, length));
    total += lengths.at(-1)!;
  }
  let rows = fillRows(lengths, batch, length);
  while (!rows) {
    lengths.pop();
    rows = fillRows(lengths, batch, length);
  }

  const size = batch * length;
  const tokens = new Int32Array(size).fill(encoder.endOfText);
  const targets = new Int32Array(size).fill(encoder.endOfText);
  const lossWeights = new Float32Array(size);
  const isAnswer = new Uint8Array(size);
  const positions = new Int32Array(size);
  const segmentIds = new Int32Array(size).fill(-1);
  const weightOf = { answer: answerWeight, text: textWeight, claim: 0 };
  let weightSum = 0;
  rows.forEach((members, row) => {
    let at = row * length;
    members.forEach((member, segment) => {
      const { tokens: ids, roles } = documents[member]!;
      for (let position = 0; position < lengths[member]!; position++, at++) {
        const role = roles[position + 1] ?? 'text';
        const weight = weightOf[role];
        tokens[at] = ids[position]!;
        targets[at] = ids[position + 1] ?? encoder.endOfText;
        lossWeights[at] = weight;
        isAnswer[at] = Number(role === 'answer');
        positions[at] = position;
        segmentIds[at] = segment;
        weightSum += weight;
      }
    });
    for (let position = 0; at < (row + 1) * length; position++, at++) positions[at] = position;
  });
  for (let at = 0; at < size; at++) lossWeights[at]! /= weightSum;
  return {
    tokens,
    targets,
    lossWeights,
    isAnswer,
    positions,
    segmentIds,
    nextDocument: start + lengths.length,
    tokenCount: lengths.reduce((sum, each) => sum + each, 0),
    truncated: documents.slice(0, lengths.length).filter((document) => document.tokens.length > length)
      .length,
  };
}
