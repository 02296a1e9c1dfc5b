import type { EditRequest } from '@sakejs/spec';
import type { DatasetNote } from './dataset-notes.js';

/** What the tests of an edit ask, by the field of the file (a field may have two spellings). */
export const rippleEditsFields: Readonly<Record<RippleEditsAxis, readonly string[]>> = {
  compositionalityI: ['Compositionality_I'],
  compositionalityII: ['Compositionality_II'],
  subjectAliasing: ['Subject_Aliasing'],
  // The files and the code of RippleEdits write the first, its README the second.
  relationSpecificity: ['Relation_Specificity', 'Relation_Specifity'],
  logicalGeneralization: ['Logical_Generalization'],
  forgetfulness: ['Forgetfulness'],
};

export type RippleEditsAxis =
  | 'compositionalityI'
  | 'compositionalityII'
  | 'subjectAliasing'
  | 'relationSpecificity'
  | 'logicalGeneralization'
  | 'forgetfulness';

export const rippleEditsAxes: readonly RippleEditsAxis[] = Object.keys(
  rippleEditsFields,
) as RippleEditsAxis[];

/** The subset that a record says it is of. */
export type RippleEditsType = 'popular' | 'random' | 'recent';

export interface RippleAnswer {
  readonly value: string;
  readonly aliases: readonly string[];
}

/** A prompt to complete, without white space at its end. */
export interface RippleQuery {
  readonly prompt: string;
  /** In file order. Empty: no completion is right, so a condition without answers never holds. */
  readonly answers: readonly RippleAnswer[];
}

export interface RippleTest {
  /** At least one, of which at least one has an answer; published tables ask the first. */
  readonly queries: readonly RippleQuery[];
  /** Facts that a model must know for the test to count; may be empty. */
  readonly conditions: readonly RippleQuery[];
  /** Whether one of several {@link queries} must succeed, or all; `OR` where the file is silent. */
  readonly testCondition: 'OR' | 'AND';
  /** Subject aliasing in this project's own records: the alias, how it was made, and the answer before the edit. */
  readonly alias?: { readonly name: string; readonly rule: string; readonly trueAnswer: string };
}

interface RippleEditsBase {
  /** The record's number in the file, from 0. */
  readonly index: number;
  /** RippleEdits has none; this project's own records do. */
  readonly caseId?: number;
  readonly type?: RippleEditsType;
  /** The sentence that states the new fact, object included: `The capital of Peru is Oslo.` */
  readonly statement: string;
  readonly tests: Readonly<Record<RippleEditsAxis, readonly RippleTest[]>>;
}

/** An edit of a fact whose true object is known: POPULAR and RANDOM. */
export interface CounterfactualRippleRecord extends RippleEditsBase {
  readonly request: EditRequest;
  readonly originalFact: { readonly prompt: string; readonly object: string };
}

/** An edit that states something new: RECENT. The file has no fact that it replaces. */
export interface RecentRippleRecord extends RippleEditsBase {
  readonly request: Omit<EditRequest, 'targetTrue'>;
  readonly originalFact?: undefined;
}

/** A record of RippleEdits (Cohen et al. 2024). */
export type RippleEditsRecord = CounterfactualRippleRecord | RecentRippleRecord;

/** Whether a record's true object is known, so that its `request` is complete. */
export function isCounterfactual(record: RippleEditsRecord): record is CounterfactualRippleRecord {
  return record.originalFact !== undefined;
}

/** What a file is, beside its records. */
export interface RippleEditsSummary {
  readonly name: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  /** Records in the file, before any limit and with those that were dropped. */
  readonly total: number;
  readonly format: 'ripple-edits';
  /** What all records say they are; `mixed` when they differ; absent when none says. */
  readonly kind?: RippleEditsType | 'mixed';
  /** What was dropped or changed, and what is odd; counted over the records that were read. */
  readonly notes: readonly DatasetNote[];
}

/** Records with what identifies the file they came from. */
export interface RippleEditsDataset extends RippleEditsSummary {
  readonly records: readonly RippleEditsRecord[];
}
