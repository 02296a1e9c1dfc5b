import { z } from 'zod';
import { CallError } from './call-error.js';
import { issueOf } from './read-completion.js';

/** The schema of a reply of such entries. */
export function replySchema<Item>(item: z.ZodType<Item>): z.ZodType<{ items: Item[] }> {
  return z.strictObject({ items: z.array(item) });
}

/** The same as a JSON schema, in what strict structured output knows. */
export function replyJsonSchema(item: z.ZodType): Record<string, unknown> {
  const schema = z.toJSONSchema(replySchema(item)) as Record<string, unknown>;
  delete schema['$schema'];
  return schema;
}

/**
 * The entries of a reply: the JSON object asked for, alone, in a code fence, after a model's thoughts or amid other
 * words; a bare array of entries will do too.
 *
 * @throws {CallError} `malformed-json` or `wrong-shape`.
 */
export function parseReply<Item>(content: string, item: z.ZodType<Item>): Item[] {
  const text = content.replace(/^\s*<think>[\s\S]*?<\/think>/i, '').trim();
  const value = firstJson(text);
  if (value === undefined)
    throw new CallError('malformed-json', `the reply is no JSON: ${JSON.stringify(text.slice(0, 60))}`);
  const items = Array.isArray(value) ? value : (value as { items?: unknown }).items;
  const parsed = z.array(item).safeParse(items);
  if (!parsed.success)
    throw new CallError('wrong-shape', `the reply has another shape, at items.${issueOf(parsed.error)}`);
  return parsed.data;
}

/** The whole text as an object or array, else what a fence holds, else what stands between the outermost brackets. */
function firstJson(text: string): object | undefined {
  const fenced = /```(?:json)?\s*([\s\S]*?)```/i.exec(text)?.[1];
  const object = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  const array = text.slice(text.indexOf('['), text.lastIndexOf(']') + 1);
  for (const candidate of [text, fenced, object, array]) {
    if (!candidate) continue;
    try {
      const value: unknown = JSON.parse(candidate);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // The next way of finding it may do.
    }
  }
  return undefined;
}
