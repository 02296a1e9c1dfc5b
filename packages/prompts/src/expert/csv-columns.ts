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
  'answerTrue',
  'answerNew',
  'implication',
  'form',
] as const;

export type CsvColumn = (typeof csvColumns)[number];

/** The cells of a row that are not empty. */
export type CsvCells = Partial<Record<CsvColumn, string>>;

/**
 * What a row is: a prompt, a further text in scope, one out of scope, a prompt of what follows from the edit or one out of
 * its scope (its name in `implication`, how it follows in `form`), another name of the subject, an implication (its
 * hops in `kind`) with its answers, a reverse question (with `{}` for the object), a setting of the source (its name in
 * `kind`, its value as JSON in `text`), a count of drops (its reason in `kind`), or a field of the report (as JSON).
 */
export const csvParts = [
  'prompts',
  'positives',
  'negatives',
  'implied',
  'impliedNegatives',
  'aliases',
  'implications',
  'reverseQuestions',
  'source',
  'dropped',
  'report',
] as const;

export type CsvPart = (typeof csvParts)[number];

/** What stands in `kind` for implications over one and over two further facts. */
export const csvHops: readonly string[] = ['one-hop', 'two-hop'];
