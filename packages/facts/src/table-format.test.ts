import { describe, expect, it } from 'vitest';
import { formatTable, parseTable } from './table-format.js';

const header = 'subject\tobject\tsources\tleaks\n';

describe('formatTable', () => {
  it('sorts rows by subject and sources by name', () => {
    const text = formatTable([
      { subject: 'b', object: 'y', sources: ['trex', 'counterfact'], leaks: true },
      { subject: 'a', object: 'x', sources: ['lre'], leaks: false },
    ]);
    expect(text).toBe(`${header}a\tx\tlre\t0\nb\ty\tcounterfact,trex\t1\n`);
  });
});

describe('parseTable', () => {
  it('reads back what formatTable wrote', () => {
    const rows = [
      { subject: 'Ferrari F40', object: 'Ferrari', sources: ['counterfact', 'trex'], leaks: true },
      { subject: 'Seiko 35 SQ', object: 'Seiko', sources: ['known'], leaks: true },
    ] as const;
    expect(parseTable(formatTable(rows), 'P176.tsv')).toEqual(rows);
  });

  it.each([
    ['another header', 'subject\tobject\n', /header .* at t\.tsv:1;/],
    ['a missing last line feed', `${header}a\tx\ttrex\t0`, /line feed .* at t\.tsv:2;/],
    ['a missing column', `${header}a\tx\ttrex\n`, /4 tab-separated columns.* at t\.tsv:2;/],
    ['an empty label', `${header}\tx\ttrex\t0\n`, /printable label .* at t\.tsv:2;/],
    ['an untrimmed label', `${header}a \tx\ttrex\t0\n`, /printable label .* at t\.tsv:2;/],
    ['a control character', `${header}a\tx\u0007\ttrex\t0\n`, /printable label .* at t\.tsv:2;/],
    ['a carriage return', `${header}a\tx\ttrex\t0\r\n`, /leaks column of 0 or 1.* at t\.tsv:2;/],
    ['a repeated subject', `${header}a\tx\ttrex\t0\na\ty\ttrex\t0\n`, /ascending order.* at t\.tsv:3;/],
    ['descending subjects', `${header}b\tx\ttrex\t0\na\ty\ttrex\t0\n`, /ascending order.* at t\.tsv:3;/],
    ['an unknown source', `${header}a\tx\tdreams\t0\n`, /sources of .* at t\.tsv:2;/],
    ['sources out of order', `${header}a\tx\ttrex,known\t0\n`, /sources of .* at t\.tsv:2;/],
  ])('names file and line of %s', (_, text, message) => {
    expect(() => parseTable(text, 't.tsv')).toThrow(message);
  });
});
