import type { Json } from '@sakejs/spec';
import type { WriteJob } from './prompt-writer.js';

/** How a server is asked for JSON: by a schema that it enforces, as any JSON object, or in words alone. */
export type ResponseFormat = 'json_schema' | 'json_object' | 'text';

/** What chat models are told once and for all; its version is part of every instruction's. */
const rules =
  'You write material for testing how a fact in a language model can be edited. ' +
  'You keep to the points of the task, repeat no entry, number nothing and explain nothing. ';

/** The messages of one job. `complaint` says why an earlier reply was of no use. */
export function chatMessages<Item>(job: WriteJob<Item>, complaint?: string): Json {
  const { instruction, request, size, style } = job;
  const form = `Reply with one JSON object of the form {"items": [${instruction.shape}, …]} and nothing else.`;
  const task = instruction.task(request, { size, ...(style === undefined ? {} : { style }) });
  const again =
    complaint === undefined ? '' : `\n\nAn earlier reply could not be used: ${complaint}. ${form}`;
  return [
    { role: 'system', content: rules + form },
    { role: 'user', content: task + again },
  ];
}

/** The `response_format` of a request; absent for words alone. */
export function responseFormat(format: ResponseFormat, name: string, schema: Json): Record<string, Json> {
  if (format === 'text') return {};
  if (format === 'json_object') return { response_format: { type: 'json_object' } };
  return {
    response_format: {
      type: 'json_schema',
      json_schema: { name: name.replaceAll('-', '_'), strict: true, schema },
    },
  };
}
