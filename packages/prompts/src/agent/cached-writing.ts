import type { Json } from '@sakejs/spec';
import { z } from 'zod';
import type { CacheKey } from '../cache/cache-key.js';
import type { PromptCache } from '../cache/prompt-cache.js';
import type { Reasked, Written } from './prompt-writer.js';
import type { TokenUsage } from './token-usage.js';

const count = z.number().int().nonnegative();
/** What calls took, as files and caches hold it. */
export const tokenUsage: z.ZodType<TokenUsage> = z.strictObject({
  calls: count,
  attempts: count,
  promptTokens: z.number().nonnegative(),
  cachedPromptTokens: z.number().nonnegative(),
  completionTokens: z.number().nonnegative(),
  callsWithoutUsage: count,
});

/** What a cache keeps of a reply: its entries and what they took; never a failure. */
export interface CachedWriting<Item> {
  readonly items: readonly Item[];
  readonly usage: TokenUsage;
  readonly reasked: Reasked;
}

/** The entries under a key, as long as they still have the shape that is asked for. */
export async function readWriting<Item>(
  cache: PromptCache | undefined,
  key: CacheKey,
  item: z.ZodType<Item>,
): Promise<CachedWriting<Item> | undefined> {
  const value = await cache?.get(key);
  const shape = z.object({ items: z.array(item), usage: tokenUsage, reasked: z.record(z.string(), count) });
  const parsed = shape.safeParse(value);
  return parsed.success ? (parsed.data as CachedWriting<Item>) : undefined;
}

/** Keeps a reply that did not fail. `about` names it for people who look into the file. */
export async function keepWriting<Item>(
  cache: PromptCache | undefined,
  key: CacheKey,
  written: Written<Item>,
  about: Readonly<Record<string, Json>>,
): Promise<void> {
  if (cache === undefined || written.failure !== undefined) return;
  const { items, usage, reasked } = written;
  await cache.set(key, { about, items: items as Json, usage: { ...usage }, reasked: { ...reasked } as Json });
}
