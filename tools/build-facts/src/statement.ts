import type { FactSource } from '@sakejs/facts';

/** What one source says, before cleaning and merging. */
export interface Statement {
  readonly relation: string;
  readonly subject: string;
  readonly object: string;
  readonly source: FactSource;
}
