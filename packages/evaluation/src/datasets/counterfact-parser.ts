import type { CounterFactFormat, CounterFactRecord } from './counterfact-record.js';
import { flatRecordSchema } from './counterfact-easyedit.js';
import { originalRecord } from './counterfact-original.js';
import { caseIdOf, describeRecord, type Fail } from './dataset-failure.js';
import type { NoteCounter } from './dataset-notes.js';
import type { ParseRecord } from './read-dataset.js';

/** The form of one record, by its fields; undefined: of neither form. */
export function counterFactFormatOf(value: unknown): CounterFactFormat | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('requested_rewrite' in value) return 'original';
  const flat = ['prompt', 'prompt_template', 'subject', 'target_new', 'ground_truth', 'rephrase_prompt'];
  return flat.filter((field) => field in value).length >= 2 ? 'easyedit' : undefined;
}

/** Checks records of the form that the file's first one has. */
export interface CounterFactParser {
  readonly parse: ParseRecord<CounterFactRecord>;
  readonly format: CounterFactFormat;
}

export function createCounterFactParser(fail: Fail, notes: NoteCounter): CounterFactParser {
  let format: CounterFactFormat | undefined;
  return {
    get format() {
      return format!;
    },
    parse({ index, value }) {
      format ??= counterFactFormatOf(value);
      if (format === undefined)
        return fail(
          `record: expected a JSON array of records with requested_rewrite (CounterFact) or with subject, prompt and target_new (EasyEdit's flat form), got ${describeRecord(value)}`,
          { record: index },
        );
      const schema = format === 'original' ? originalRecord : flatRecordSchema(index, notes);
      const place = { record: index, caseId: caseIdOf(value) };
      const parsed = schema.safeParse(value);
      if (!parsed.success) {
        const { path, message } = parsed.error.issues[0]!;
        return fail(`${path.join('.') || 'record'}: ${message}`, place);
      }
      const { targetNew, targetTrue } = parsed.data.request;
      if (targetNew === targetTrue)
        fail(
          `target_new equals ${format === 'original' ? 'target_true' : 'ground_truth'}, ${JSON.stringify(targetNew)}`,
          place,
        );
      return parsed.data;
    },
  };
}
