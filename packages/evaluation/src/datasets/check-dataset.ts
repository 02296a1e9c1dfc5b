import type { CounterFactFormat, CounterFactRecord } from './counterfact-record.js';
import { counterFactFormatOf, createCounterFactParser } from './counterfact-parser.js';
import { describeRecord, failureOf } from './dataset-failure.js';
import { createNoteCounter, type DatasetNote } from './dataset-notes.js';
import { streamFileChunks } from './file-chunks.js';
import { streamDataset, type ParseRecord } from './read-dataset.js';
import type { FileFacts } from './record-reader.js';
import { createRippleEditsParser, isRippleEdits, type RippleEditsParser } from './ripple-edits-parser.js';
import {
  isCounterfactual,
  rippleEditsAxes,
  type RippleEditsRecord,
  type RippleEditsSummary,
} from './ripple-edits-record.js';
import type { AnswerOptions } from './ripple-edits-tests.js';

/** What a file of records is, and what is in it. */
export interface DatasetReport extends FileFacts {
  readonly file: string;
  readonly format: CounterFactFormat | 'ripple-edits';
  readonly kind?: NonNullable<RippleEditsSummary['kind']>;
  /** Records that are not dropped. */
  readonly usable: number;
  /** RippleEdits: those whose true object is known, so that they can be learned; CounterFact: all. */
  readonly withTrueObject: number;
  /** By axis (RippleEdits) or kind of prompt (CounterFact): how many records have some, and how many there are. */
  readonly counts: Readonly<Record<string, { readonly records: number; readonly items: number }>>;
  /** What was dropped, what was changed, and what is odd. */
  readonly notes: readonly DatasetNote[];
}

export interface CheckDatasetOptions extends AnswerOptions {
  readonly signal?: AbortSignal;
}

type Checked = { readonly counterfact: CounterFactRecord } | { readonly ripple: RippleEditsRecord };

/**
 * Reads a file of CounterFact (either form) or RippleEdits from end to end, and says what it holds. The form is told
 * from the first record. Memory holds one record, whatever the file's size.
 *
 * @throws {SakeError} `not-found`, `invalid-file` naming file, record and field, `aborted`.
 */
export async function checkDataset(path: string, options: CheckDatasetOptions = {}): Promise<DatasetReport> {
  const { signal, ...answers } = options;
  const fail = failureOf('checkDataset', path);
  const notes = createNoteCounter();
  let format: DatasetReport['format'] | undefined;
  let ripple: RippleEditsParser | undefined;
  let parse: ParseRecord<Checked> | undefined;

  const parserOf = (value: unknown): ParseRecord<Checked> => {
    if (isRippleEdits(value)) {
      const parser = (ripple = createRippleEditsParser(fail, notes, answers));
      format = 'ripple-edits';
      return (raw) => {
        const record = parser.parse(raw);
        return record && { ripple: record };
      };
    }
    format = counterFactFormatOf(value);
    if (format === undefined)
      fail(
        `expected a record of CounterFact (requested_rewrite), of its flat form (subject, prompt, target_new) or of RippleEdits (edit and axes), got ${describeRecord(value)}`,
        { record: 0 },
      );
    const parser = createCounterFactParser(fail, notes);
    return (raw) => {
      const record = parser.parse(raw);
      return record && { counterfact: record };
    };
  };

  const counts: Record<string, { records: number; items: number }> = {};
  const count = (what: string, items: number): void => {
    const counted = (counts[what] ??= { records: 0, items: 0 });
    counted.items += items;
    if (items > 0) counted.records++;
  };
  let usable = 0;
  let withTrueObject = 0;
  const stream = streamDataset<Checked>(
    streamFileChunks(path, 'checkDataset'),
    (raw) => (parse ??= parserOf(raw.value))(raw),
    { fail, signal },
  );
  for (;;) {
    const next = await stream.next();
    if (next.done === true) {
      const kind = ripple?.kind;
      return {
        file: path,
        format: format!,
        ...(kind === undefined ? {} : { kind }),
        ...next.value,
        usable,
        withTrueObject,
        counts,
        notes: notes.notes(),
      };
    }
    usable++;
    if ('ripple' in next.value) {
      const record = next.value.ripple;
      if (isCounterfactual(record)) withTrueObject++;
      for (const axis of rippleEditsAxes) count(axis, record.tests[axis].length);
    } else {
      const record = next.value.counterfact;
      withTrueObject++;
      count('paraphrase prompts', record.paraphrasePrompts.length);
      count('neighbourhood prompts', record.neighborhoodPrompts.length);
      count('attribute prompts', record.attributePrompts.length);
      count('generation prompts', record.generationPrompts.length);
    }
  }
}
