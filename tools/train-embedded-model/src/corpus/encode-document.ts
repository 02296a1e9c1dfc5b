import type { Encoder } from '../tokenizer/create-encoder.js';
import { pieceMatcher } from '../tokenizer/pre-tokenize.js';
import { documentText, type TrainingDocument } from './create-corpus.js';
import type { SegmentRole } from './marked-text.js';

export interface EncodedDocument {
  readonly tokens: readonly number[];
  /** What each token is part of; a piece that crosses segments belongs to that of its first visible character. */
  readonly roles: readonly SegmentRole[];
}

/** A document's token ids, the same as of its whole text, with the role of each. No end-of-text token is added. */
export function encodeDocument(document: TrainingDocument, encoder: Encoder): EncodedDocument {
  const { segments } = document;
  const tokens: number[] = [];
  const roles: SegmentRole[] = [];
  let segment = 0;
  let end = segments[0]?.text.length ?? 0;
  for (const match of documentText(document).matchAll(pieceMatcher())) {
    const [piece] = match;
    const visible = match.index + (piece.length > 1 && piece[0] === ' ' ? 1 : 0);
    while (visible >= end) end += segments[++segment]!.text.length;
    for (const token of encoder.encodePiece(piece)) {
      tokens.push(token);
      roles.push(segments[segment]!.role);
    }
  }
  return { tokens, roles };
}
