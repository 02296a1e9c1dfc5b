import { embeddedFacts, embeddedRecordsFile, type EmbeddedSplit } from '@sakejs/embedded-model';
import { readCounterFact, type CounterFactDataset } from '@sakejs/evaluation';
import { normalizeLabel } from '@sakejs/facts';
import { hasPromptsFor, readExpertFile } from '@sakejs/prompts';
import { SakeError } from '@sakejs/spec';

/** Which records a command runs on. */
export interface RecordOptions {
  /** A file in CounterFact's original schema; absent: the embedded model's own. */
  readonly records?: string | undefined;
  readonly split: EmbeddedSplit;
  /** Only the first N, after {@link covered}. */
  readonly limit?: number | undefined;
  /** Only records of facts that the embedded model was taught. */
  readonly covered?: boolean | undefined;
  /** Only records that each of these sources has prompts for: `template`, which is not asked, and files of prompts. */
  readonly promptedBy?: readonly string[] | undefined;
}

const key = (relation: string | undefined, subject: string, object: string): string =>
  [relation, normalizeLabel(subject), normalizeLabel(object)].join('\t');

/**
 * Reads the records of a run.
 *
 * @throws {SakeError} `not-enough-data` when no record is covered, or has prompts, else as {@link readCounterFact} and `readExpertFile`.
 */
export function loadRecords(options: RecordOptions): CounterFactDataset {
  const { limit, promptedBy = [] } = options;
  const files = promptedBy.filter((source) => source !== 'template').map((path) => readExpertFile(path));
  if (files.length === 0) return chosenRecords(options);
  const { limit: _, ...all } = options;
  const dataset = chosenRecords(all);
  const prompted = dataset.records.filter(({ request }) =>
    files.every((file) => hasPromptsFor(file, request)),
  );
  if (prompted.length === 0)
    throw new SakeError(
      'not-enough-data',
      `loadRecords: expected records that ${promptedBy.join(' and ')} have prompts for, got none among ${dataset.records.length}`,
    );
  return {
    ...dataset,
    name: `${dataset.name}, prompted by ${promptedBy.join(' and ')}`,
    records: prompted.slice(0, limit),
  };
}

function chosenRecords({ records, split, limit, covered = false }: RecordOptions): CounterFactDataset {
  const dataset = readCounterFact(records ?? embeddedRecordsFile(split), {
    ...(limit === undefined || covered ? {} : { limit }),
    name: records ?? `embedded ${split}`,
  });
  if (!covered) return dataset;
  const taught = new Set(
    embeddedFacts().map(({ relation, subject, object }) => key(relation, subject, object)),
  );
  const known = dataset.records.filter(({ request: { relation, subject, targetTrue } }) =>
    taught.has(key(relation, subject, targetTrue)),
  );
  if (known.length === 0)
    throw new SakeError(
      'not-enough-data',
      `loadRecords: expected records of facts that the embedded model was taught, got none among ${dataset.records.length}; leave --covered out`,
    );
  return { ...dataset, name: `${dataset.name}, covered`, records: known.slice(0, limit) };
}
