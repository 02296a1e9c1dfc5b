import { createHash } from 'node:crypto';
import type { Json } from '@sakejs/spec';

export function unitKey(parts: Json): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
