import { z } from 'zod';
import { CallError } from './call-error.js';
import { noUsage, type TokenUsage } from './token-usage.js';

/** A model's whole reply. */
export interface ChatReply {
  readonly content: string;
  readonly usage: TokenUsage;
}

const usageSchema = z.object({
  prompt_tokens: z.number().nonnegative(),
  completion_tokens: z.number().nonnegative(),
  prompt_tokens_details: z.object({ cached_tokens: z.number().nonnegative().nullish() }).nullish(),
});

const completionSchema = z.object({
  choices: z.array(
    z.object({
      finish_reason: z.string().nullish(),
      message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
    }),
  ),
});

const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        delta: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
});

/** Most characters of a streamed reply. */
const lengthLimit = 2 ** 23;

/** What a reply was, before it is judged. */
interface RawReply {
  readonly content: string;
  readonly refusal: string;
  readonly finish: string | undefined;
}

/** Usage that a body names, one call; without it the call counts as one of unknown usage. */
export function usageIn(body: unknown): TokenUsage {
  const usage = usageSchema.safeParse((body as { usage?: unknown } | null)?.usage);
  if (!usage.success) return { ...noUsage, calls: 1, callsWithoutUsage: 1 };
  const { prompt_tokens, completion_tokens, prompt_tokens_details } = usage.data;
  return {
    ...noUsage,
    calls: 1,
    promptTokens: prompt_tokens,
    cachedPromptTokens: Math.min(prompt_tokens, prompt_tokens_details?.cached_tokens ?? 0),
    completionTokens: completion_tokens,
  };
}

/**
 * The text of a whole chat completion.
 *
 * @param spent is told the usage before anything is judged: refused and cut replies are paid for too.
 */
export function readCompletion(body: unknown, spent: (usage: TokenUsage) => void): string {
  spent(usageIn(body));
  const parsed = completionSchema.safeParse(body);
  if (!parsed.success)
    throw new CallError('wrong-shape', `the body is no chat completion: ${issueOf(parsed.error)}`);
  const choice = parsed.data.choices[0];
  if (choice === undefined) throw new CallError('empty', 'the reply has no choices');
  return judge({
    content: choice.message.content ?? '',
    refusal: choice.message.refusal ?? '',
    finish: choice.finish_reason ?? undefined,
  });
}

/** The text of a streamed chat completion; its last chunk must say why it ended. `onChunk` hears of each one. */
export async function readStream(
  stream: AsyncIterable<unknown>,
  spent: (usage: TokenUsage) => void,
  onChunk: () => void,
): Promise<string> {
  let usage = usageIn(undefined);
  let content = '';
  let refusal = '';
  let finish: string | undefined;
  let choices = 0;
  try {
    for await (const chunk of stream) {
      onChunk();
      const parsed = chunkSchema.safeParse(chunk);
      if (!parsed.success)
        throw new CallError('wrong-shape', `a chunk is none of a chat completion: ${issueOf(parsed.error)}`);
      const named = usageIn(chunk);
      if (named.callsWithoutUsage === 0) usage = named;
      const choice = parsed.data.choices?.[0];
      if (choice === undefined) continue;
      choices++;
      content += choice.delta?.content ?? '';
      refusal += choice.delta?.refusal ?? '';
      finish = choice.finish_reason ?? finish;
      if (content.length + refusal.length > lengthLimit)
        throw new CallError('wrong-shape', `the reply is longer than ${lengthLimit} characters`);
    }
  } catch (error) {
    // What `fetch` throws when a body breaks off.
    throw error instanceof TypeError
      ? new CallError('cut-stream', `the stream broke off: ${error.message}`)
      : error;
  } finally {
    spent(usage);
  }
  if (choices === 0 && finish === undefined) throw new CallError('empty', 'the stream has no choices');
  if (finish === undefined) throw new CallError('cut-stream', 'the stream ended before the reply did');
  return judge({ content, refusal, finish });
}

function judge({ content, refusal, finish }: RawReply): string {
  if (refusal !== '') throw new CallError('refusal', `the model declined: ${refusal}`);
  if (finish === 'content_filter') throw new CallError('refusal', 'a content filter held the reply back');
  if (finish === 'length') throw new CallError('truncated', 'the reply reached the token limit');
  if (content.trim() === '') throw new CallError('empty', 'the reply holds no text');
  return content;
}

/** The first thing wrong, and where. */
export function issueOf(error: z.ZodError): string {
  const issue = error.issues[0]!;
  return `${issue.path.join('.') || 'the value'}: ${issue.message}`;
}
