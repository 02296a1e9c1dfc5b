import { Markup } from './html.js';

/**
 * JSON in a block that a script reads and no browser runs.
 *
 * `<` is written `\u003c`, so that no text can close the block or open a comment in it.
 *
 * @param id of this package's own making.
 */
export function dataBlock(id: string, data: unknown): Markup {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return new Markup(`<script type="application/json" id="${id}">${json}</script>`);
}
