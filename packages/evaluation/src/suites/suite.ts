import type { EditRequest } from '@sakejs/spec';
import type { Metric } from '../metrics/metric.js';
import type { Rivals } from '../protocols/answer.js';

/** A question that must be passed for a query to count. */
export interface Condition {
  readonly prompt: string;
  /** Answers that pass: the object and its aliases. */
  readonly answers: readonly string[];
}

/** One thing asked of an edited model. */
export interface Query {
  /** Name of the metric it counts for. */
  readonly metric: string;
  readonly prompt: string;
  /** Answers that count as right: the object and its aliases. Empty where nothing is asked, as in free text. */
  readonly wanted: readonly string[];
  /** Absent where there are no two objects to compare. */
  readonly rivals?: Rivals;
  readonly condition?: Condition;
  /** What the unedited model should say here, as the edited fact was; for filters that see it alone. */
  readonly before?: readonly string[];
}

/** An edit with everything that is asked of it. */
export interface SuiteCase {
  /** The record's own id, as messages give it: `case_id 12`. */
  readonly id: string;
  readonly request: EditRequest;
  /** Test prompts that nothing generated for the edit may resemble. */
  readonly withheld: readonly string[];
  readonly queries: readonly Query[];
}

/** What identifies the records. */
export interface SuiteData {
  readonly name: string;
  /** SHA-256 of the file's bytes, hex. */
  readonly sha256: string;
  /** Records in the file. */
  readonly records: number;
}

/** A table's rows of edits and the metrics they are judged by. */
export interface Suite {
  readonly name: string;
  /** As headings have it. */
  readonly title: string;
  readonly data: SuiteData;
  readonly metrics: readonly Metric[];
  /** Means over some of the metrics, as the harmonic mean. */
  readonly means?: readonly HarmonicMean[];
  readonly cases: readonly SuiteCase[];
}

/** The harmonic mean of metrics that are shares. */
export interface HarmonicMean {
  readonly name: string;
  readonly of: readonly string[];
}
