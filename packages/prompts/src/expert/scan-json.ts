/** Where things stand in a JSON text, by offset. */
export interface JsonScan {
  /** Offset of each value, by its path, e.g. `records/0/prompts/2`; the root is `''`. */
  readonly starts: ReadonlyMap<string, number>;
  /** Where the text stops being JSON; absent when all of it is. */
  readonly stoppedAt?: number;
}

/** Deeper nesting stops the scan: no prompt file needs it, and the stack stays small. */
const deepest = 64;
const whiteSpace = /[ \t\n\r]*/y;
const stringLiteral = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/uy;
const otherLiteral = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Finds the offset of every value of a JSON text, so that errors can name lines. */
export function scanJson(text: string): JsonScan {
  const starts = new Map<string, number>();
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const accept = (mark: string): boolean => {
    match(whiteSpace);
    if (text[at] !== mark) return false;
    at++;
    return true;
  };
  const members = (close: string, member: (index: number) => boolean): boolean => {
    if (accept(close)) return true;
    for (let index = 0; member(index); index++) {
      if (accept(close)) return true;
      if (!accept(',')) return false;
    }
    return false;
  };
  const value = (path: string, depth: number): boolean => {
    match(whiteSpace);
    starts.set(path, at);
    const child = (key: string | number): boolean =>
      value(path === '' ? `${key}` : `${path}/${key}`, depth + 1);
    if (depth > deepest) return false;
    if (accept('[')) return members(']', child);
    if (accept('{'))
      return members('}', () => {
        match(whiteSpace);
        const key = match(stringLiteral);
        return key !== undefined && accept(':') && child(JSON.parse(key) as string);
      });
    return (match(stringLiteral) ?? match(otherLiteral)) !== undefined;
  };
  const complete = value('', 0);
  match(whiteSpace);
  return complete && at === text.length ? { starts } : { starts, stoppedAt: at };
}
