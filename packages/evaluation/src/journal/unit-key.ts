import { createHash } from 'node:crypto';
import type { Json } from '@sakejs/spec';
import { canonicalJson } from './canonical-json.js';

/**
 * What a unit of work is filed under: SHA-256, 64 hexadecimal digits, over everything that its result depends on.
 *
 * The order in which an object's fields are written never matters; every value does.
 *
 * @throws {SakeError} `invalid-input` for what JSON cannot hold exactly: NaN, an infinity, undefined.
 */
export function unitKey(parts: Json): string {
  return createHash('sha256').update(canonicalJson(parts)).digest('hex');
}
