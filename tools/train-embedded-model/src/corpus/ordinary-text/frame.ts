import { SakeError, type Random } from '@sakejs/spec';
import { withArticle } from './inflection.js';
import { capitalize } from './made-up-names.js';
import { findSlot, type Slot } from './slots.js';

/** A text with slots, ready to fill. */
export type Frame = (random: Random) => string;

/** What may stand before a slot's name: `{a:adj}` gets an article, `{cap:noun}` a capital. */
const changes: Readonly<Record<string, (text: string) => string>> = { a: withArticle, cap: capitalize };

function compileSlot(source: string): Slot {
  const [name = '', change] = source.split(':').reverse();
  const slot = findSlot(name);
  const apply = change === undefined ? (text: string) => text : changes[change];
  if (slot === undefined || apply === undefined)
    throw new SakeError('unknown-kind', `compileFrame: expected a known slot, got ${JSON.stringify(source)}`);
  return (random) => apply(slot(random));
}

/**
 * Compiles a text with slots in braces, e.g. `the {adj} {thing}`; slots are filled from left to right.
 *
 * @throws {SakeError} `unknown-kind` when a slot is unknown.
 */
export function compileFrame(source: string): Frame {
  const parts = source
    .split(/\{([^}]*)\}/)
    .map((part, index) => (index % 2 === 0 ? part : compileSlot(part)));
  return (random) => {
    let text = '';
    for (const part of parts) text += typeof part === 'string' ? part : part(random);
    return text;
  };
}
