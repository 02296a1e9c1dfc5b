/** What a flag such as `--set layer=3` says. */
export interface Assignment {
  readonly name: string;
  readonly value: unknown;
}

/** `name=value`, with the value as JSON or else as text; undefined for text of another form. */
export function parseAssignment(text: string): Assignment | undefined {
  const at = text.indexOf('=');
  if (at < 1) return undefined;
  return { name: text.slice(0, at), value: jsonOrText(text.slice(at + 1)) };
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
