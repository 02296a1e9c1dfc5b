import { createHash } from 'node:crypto';

/** A running hash of a file's content. */
export interface ContentHash {
  update(bytes: Uint8Array): void;
  /** Whether all that was taken in hashes to the etag. */
  matches(): boolean;
}

/**
 * Starts the hash that the hub names a file's content by.
 *
 * 64 digits are SHA-256 of the content (Git LFS, Xet); 40 digits are git's own, SHA-1 of `blob <size>\0<content>`.
 *
 * @param etag as listed, checked to be one of the two.
 */
export function createContentHash(etag: string, size: number): ContentHash {
  const hash = etag.length === 64 ? createHash('sha256') : createHash('sha1').update(`blob ${size}\0`);
  return { update: (bytes) => void hash.update(bytes), matches: () => hash.digest('hex') === etag };
}
