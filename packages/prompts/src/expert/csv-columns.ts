/** Columns of CSV files, in the order in which they are written; only `text` must be there. */
export const csvColumns = [
  'subject',
  'prompt',
  'targetTrue',
  'targetNew',
  'relation',
  'part',
  'kind',
  'text',
  'about',
  'wording',
] as const;

export type CsvColumn = (typeof csvColumns)[number];

/**
 * What a row is: a prompt, a further text in scope, one out of scope, a setting of the source (its name in `kind`, its
 * value as JSON in `text`), or a count of drops (its reason in `kind`).
 */
export const csvParts = ['prompts', 'positives', 'negatives', 'source', 'dropped'] as const;

export type CsvPart = (typeof csvParts)[number];
