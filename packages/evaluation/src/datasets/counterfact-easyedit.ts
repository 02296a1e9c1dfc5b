import { z } from 'zod';
import type { CounterFactRecord } from './counterfact-record.js';
import type { NoteCounter } from './dataset-notes.js';

const text = z.string().trim().min(1);
/** An object: text, CounterFact's `{str}`, or lists of alternatives, whose first counts. */
const object = z.preprocess((value) => {
  let first = value;
  while (Array.isArray(first)) first = first[0] as unknown;
  return typeof first === 'object' && first !== null && 'str' in first ? first.str : first;
}, text);
const oneOrMore = z
  .union([z.string(), z.array(z.string())], 'expected text or a list of texts')
  .nullish()
  .transform((value) => (typeof value === 'string' ? [value] : (value ?? [])));
const answers = z
  .union(
    [z.string(), z.array(z.union([z.string(), z.array(z.string()), z.array(z.array(z.string()))]))],
    'expected an answer or a list of answers',
  )
  .nullish()
  .transform((value) =>
    typeof value === 'string' ? [value] : (value ?? []).map((answer) => [answer].flat(2)[0] ?? ''),
  );
const probe = z.looseObject({ prompt: oneOrMore, ground_truth: answers });

/** A whole number, also as text: copies of the flat form have both. */
const wholeNumber = z
  .union(
    [z.number().int(), z.string().regex(/^\d{1,15}$/, 'must be a whole number')],
    'must be a whole number',
  )
  .transform(Number);

const flatRecord = z.looseObject({
  case_id: wholeNumber.optional(),
  prompt: text.optional(),
  prompt_template: text.optional(),
  subject: text,
  target_new: object,
  ground_truth: object.optional(),
  target_true: object.optional(),
  relation_id: z.string().nullish(),
  rephrase_prompt: oneOrMore,
  rephrase_prompts: oneOrMore,
  rephrase: oneOrMore,
  paraphrase_prompts: oneOrMore,
  locality_prompt: oneOrMore,
  locality_prompts: oneOrMore,
  locality_ground_truth: answers,
  locality_ground_truths: answers,
  neighborhood_prompts: oneOrMore,
  locality: z.record(z.string(), z.union([probe, z.array(probe)]).nullish()).nullish(),
});
type FlatRecord = z.infer<typeof flatRecord>;

/** The prompt with `{}` for the subject; of several mentions the first gives way. */
function templateOf({ prompt, prompt_template: template = prompt, subject }: FlatRecord): string | undefined {
  if (template === undefined) return undefined;
  const pattern = template.includes('{}') ? template : template.replace(subject, () => '{}');
  return pattern.split('{}').length === 2 ? pattern : undefined;
}

/** Neighbours with their answers; an answer is empty where the file has none. */
function neighboursOf(record: FlatRecord): { prompts: string[]; answers: string[] } | undefined {
  const nested = Object.values(record.locality ?? {}).flatMap((probes) => probes ?? []);
  const groups = [
    { prompts: record.locality_prompt, given: record.locality_ground_truth },
    {
      prompts: record.locality_prompts,
      given:
        [record.locality_ground_truths, record.locality_ground_truth].find((list) => list.length > 0) ?? [],
    },
    { prompts: record.neighborhood_prompts, given: [] },
    ...nested.map(({ prompt, ground_truth: given }) => ({ prompts: prompt, given })),
  ].filter(({ prompts }) => prompts.length > 0);
  if (groups.some(({ prompts, given }) => given.length > 0 && given.length !== prompts.length))
    return undefined;
  return {
    prompts: groups.flatMap(({ prompts }) => prompts),
    answers: groups.flatMap(({ prompts, given }) => prompts.map((_, i) => given[i]?.trim() ?? '')),
  };
}

/**
 * The schema of a record in EasyEdit's flat form. A prompt may be a template with `{}`; lists may stand where one prompt
 * or answer is expected; `locality` may hold probes by name; prompts may be missing, which is noted.
 */
export function flatRecordSchema(index: number, notes: NoteCounter): z.ZodType<CounterFactRecord> {
  return flatRecord.transform((record, context): CounterFactRecord => {
    const refuse = (path: string, message: string): never => {
      context.addIssue({ code: 'custom', path: [path], message });
      return z.NEVER;
    };
    const prompt = templateOf(record);
    if (record.prompt === undefined && record.prompt_template === undefined)
      return refuse('prompt', 'expected a prompt, got none');
    if (prompt === undefined)
      return refuse(
        'prompt',
        `expected the prompt to hold the subject ${quote(record.subject)}, or '{}' once in its place`,
      );
    const targetTrue = record.ground_truth ?? record.target_true;
    if (targetTrue === undefined) return refuse('ground_truth', 'expected the true object, got none');
    const neighbours = neighboursOf(record);
    if (neighbours === undefined)
      return refuse('locality_ground_truth', 'expected as many answers as there are locality prompts');

    const usable = (prompts: readonly string[], what: string): string[] => {
      const kept = prompts.filter((text) => text.trim() !== '');
      notes.add('dropped', `empty ${what}`, index, prompts.length - kept.length);
      notes.add('odd', `records without ${what}`, index, kept.length === 0 ? 1 : 0);
      const trimmed = kept.map((text) => text.trimEnd());
      notes.add(
        'changed',
        `${what}: white space at the end cut`,
        index,
        trimmed.filter((text, i) => text !== kept[i]).length,
      );
      return trimmed;
    };
    const paraphrases = [
      record.rephrase_prompt,
      record.rephrase_prompts,
      record.rephrase,
      record.paraphrase_prompts,
    ];
    const given = neighbours.answers.filter((_, i) => neighbours.prompts[i]!.trim() !== '');
    notes.add(
      'odd',
      "locality prompts whose answer is not the edit's true object",
      index,
      given.filter((answer) => answer !== '' && answer !== targetTrue).length,
    );
    notes.add(
      'odd',
      'records without case_id, numbered by their place',
      index,
      record.case_id === undefined ? 1 : 0,
    );
    return {
      caseId: record.case_id ?? index,
      request: {
        subject: record.subject,
        prompt,
        targetTrue,
        targetNew: record.target_new,
        ...(typeof record.relation_id === 'string' ? { relation: record.relation_id } : {}),
      },
      paraphrasePrompts: usable(paraphrases.flat(), 'paraphrase prompts'),
      neighborhoodPrompts: usable(neighbours.prompts, 'locality prompts'),
      attributePrompts: [],
      generationPrompts: [],
      ...(given.length > 0 && given.every((answer) => answer !== '') ? { neighborhoodAnswers: given } : {}),
    };
  });
}

const quote = (value: string): string => JSON.stringify(value.slice(0, 60));
