/** How a file holds its records: a JSON array of them, or one a line. */
export type RecordLayout = 'array' | 'lines';

/**
 * The longest record, in UTF-16 code units. A quotation mark that is missing makes the rest of a file one string:
 * reading ends here rather than with the memory.
 */
export const maxRecordLength: number = 16 * 1024 * 1024;

/** The texts of a file's records, cut out as the file comes in. */
export interface RecordSplitter {
  /** Undefined before the first character that is not white space. */
  readonly layout: RecordLayout | undefined;
  /** Records completed so far. */
  readonly count: number;
  /** The texts that this part of the file completes; each is still to be parsed. */
  push(text: string): string[];
  /** The last line where it has no line break. Call once, at the end of the file. */
  end(): string[];
}

type State = 'start' | 'first' | 'value' | 'string' | 'escape' | 'bare' | 'after' | 'next' | 'lines' | 'done';

/** What ends a run of plain characters in a string: most of a file is such runs. */
const delimiter = /["\\]/g;
const isSpace = (char: string): boolean => char === ' ' || char === '\n' || char === '\r' || char === '\t';

/**
 * Splits a JSON array, or JSON Lines, into the texts of its records without holding more than one of them.
 *
 * It sees strings, escapes and depth, and checks what stands between records. The inside of a record is left to
 * `JSON.parse`, which a token-by-token parser would only repeat, many times slower.
 *
 * @param fail Called with what is wrong between records; must throw.
 */
export function createRecordSplitter(fail: (message: string) => never): RecordSplitter {
  let state: State = 'start';
  let depth = 0;
  let count = 0;
  let held: string[] = [];
  let heldLength = 0;

  /** Keeps a part of the record that has not ended yet. */
  const hold = (part: string): void => {
    heldLength += part.length;
    if (heldLength > maxRecordLength)
      fail(
        `expected a record of at most ${maxRecordLength} characters, got a longer one; is a quotation mark missing?`,
      );
    held.push(part);
  };
  const complete = (part: string): string => {
    hold(part);
    const text = held.join('');
    held = [];
    heldLength = 0;
    count++;
    return text;
  };

  function lines(text: string): string[] {
    const parts = text.split('\n');
    const texts: string[] = [];
    for (const [i, part] of parts.entries()) {
      if (i === parts.length - 1) hold(part);
      else if ([...held, part].some((piece) => piece.trim() !== '')) texts.push(complete(part));
      else {
        held = [];
        heldLength = 0;
      }
    }
    return texts;
  }

  function array(text: string, from: number): string[] {
    const texts: string[] = [];
    let begin = from;
    for (let i = from; i < text.length; i++) {
      const char = text[i]!;
      switch (state) {
        case 'escape':
          state = 'string';
          break;
        case 'string': {
          delimiter.lastIndex = i;
          i = delimiter.exec(text)?.index ?? text.length;
          if (i === text.length) break;
          state = text[i] === '"' ? 'value' : 'escape';
          if (state === 'escape' || depth > 0) break;
          texts.push(complete(text.slice(begin, i + 1)));
          state = 'after';
          break;
        }
        case 'value':
          if (char === '"') state = 'string';
          else if (char === '{' || char === '[') depth++;
          else if (char === '}' || char === ']') {
            depth--;
            if (depth > 0) break;
            texts.push(complete(text.slice(begin, i + 1)));
            state = 'after';
          }
          break;
        case 'bare':
          if (char !== ',' && char !== ']' && !isSpace(char)) break;
          texts.push(complete(text.slice(begin, i)));
          state = 'after';
          i--;
          break;
        case 'first':
        case 'next':
          if (isSpace(char)) break;
          if (char === ']' && state === 'first') state = 'done';
          else if (char === ']' || char === ',')
            fail(`expected a record, got a file that does not parse ("${char}" in its place)`);
          else {
            begin = i;
            depth = char === '{' || char === '[' ? 1 : 0;
            state = depth > 0 ? 'value' : char === '"' ? 'string' : 'bare';
          }
          break;
        case 'after':
          if (isSpace(char)) break;
          if (char === ',') state = 'next';
          else if (char === ']') state = 'done';
          else
            fail(
              `expected "," or "]" before it, got a file that does not parse (${JSON.stringify(char)} there)`,
            );
          break;
        default:
          if (!isSpace(char))
            fail(
              `expected nothing after the array's end, got a file that does not parse (${JSON.stringify(char)} there)`,
            );
      }
    }
    if (state === 'value' || state === 'string' || state === 'escape' || state === 'bare')
      hold(text.slice(begin));
    return texts;
  }

  return {
    get layout() {
      return state === 'start' ? undefined : state === 'lines' ? 'lines' : 'array';
    },
    get count() {
      return count;
    },
    push(text) {
      if (state === 'lines') return lines(text);
      if (state !== 'start') return array(text, 0);
      const at = text.search(/[^ \n\r\t]/);
      if (at < 0) return [];
      if (text[at] === '{') {
        state = 'lines';
        return lines(text);
      }
      if (text[at] !== '[')
        fail(
          `expected a JSON array of records, or one record a line, got a file that does not parse (it begins with ${JSON.stringify(text[at])})`,
        );
      state = 'first';
      return array(text, at + 1);
    },
    end() {
      if (state === 'start') fail('expected a JSON array of records, got an empty file');
      if (state === 'lines') return held.some((piece) => piece.trim() !== '') ? [complete('')] : [];
      if (state !== 'done')
        fail('expected JSON, got a file that does not parse (it ends before the array does)');
      return [];
    },
  };
}
