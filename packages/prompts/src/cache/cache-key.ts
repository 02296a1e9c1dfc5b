import { createHash } from 'node:crypto';
import type { Json } from '@sakejs/spec';

/** What a cache entry is filed under: 64 hexadecimal digits. */
export type CacheKey = string;

/** SHA-256, hex, over the parts as JSON with sorted keys: the order in which they were written never matters. */
export function cacheKey(parts: Json): CacheKey {
  return sha256(canonicalJson(parts));
}

/** SHA-256 of a text in UTF-8, hex. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** JSON with the keys of every object sorted. */
export function canonicalJson(value: Json): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]) => [name, sorted(part)]));
}
