import type { EditRequest } from '@sakejs/spec';
import type { DatasetNote } from './dataset-notes.js';

/**
 * The form of a CounterFact file:
 * - `original`: as published with ROME (Meng et al. 2022), `requested_rewrite` and lists of prompts
 * - `easyedit`: flat, as published with EasyEdit (Wang et al. 2023): `prompt` with the subject filled in, `subject`,
 *   `target_new`, `ground_truth`, `rephrase_prompt`, `locality_prompt` …
 */
export type CounterFactFormat = 'original' | 'easyedit';

/** A record of CounterFact (Meng et al. 2022). */
export interface CounterFactRecord {
  /** The file's `case_id`; in the flat form, where it may be absent, else the record's number from 0. */
  readonly caseId: number;
  readonly request: EditRequest;
  readonly paraphrasePrompts: readonly string[];
  readonly neighborhoodPrompts: readonly string[];
  readonly attributePrompts: readonly string[];
  readonly generationPrompts: readonly string[];
  /** Flat form: the answer to each of {@link neighborhoodPrompts}, where the file says it for all of them. */
  readonly neighborhoodAnswers?: readonly string[];
}

/** What a file is, beside its records. */
export interface CounterFactSummary {
  readonly name: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  /** Records in the file, before any limit. */
  readonly total: number;
  /** Absent: the records come from no file. */
  readonly format?: CounterFactFormat;
  /** What the file has that a clean one would not; counted over the records that were read. */
  readonly notes?: readonly DatasetNote[];
}

/** Records with what identifies the file they came from. */
export interface CounterFactDataset extends CounterFactSummary {
  readonly records: readonly CounterFactRecord[];
}
