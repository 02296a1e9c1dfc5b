/** Markup that is inserted as it stands. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What a template takes: text is escaped, lists are joined, null, undefined and false vanish. */
export type Insert = string | number | Markup | null | undefined | false | readonly Insert[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML shows it, in content and in quoted attributes. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}

/** A template whose inserts are escaped unless they are markup themselves. */
export function html(strings: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  return new Markup(strings.reduce((text, part, at) => text + insertText(inserts[at - 1]) + part));
}

function insertText(insert: Insert): string {
  if (insert === null || insert === undefined || insert === false) return '';
  if (insert instanceof Markup) return insert.text;
  if (typeof insert === 'string') return escapeText(insert);
  if (typeof insert === 'number') return String(insert);
  return insert.map(insertText).join('');
}
