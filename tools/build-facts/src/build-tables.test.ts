import { formatTable, relations } from '@sakejs/facts';
import { describe, expect, it } from 'vitest';
import { buildTables, type SourceFolder } from './build-tables.js';
import { lreRelations } from './lre-relations.js';
import { formatReport } from './report.js';

const files = new Map<string, string>([
  ...lreRelations.map(([name]): [string, string] => [
    `lre_relations/factual/${name}.json`,
    JSON.stringify({ samples: name === 'country_currency' ? [{ subject: 'Peru', object: 'Sol' }] : [] }),
  ]),
  ['known_1000.json', JSON.stringify([{ subject: 'Ada', attribute: 'English', relation_id: 'P103' }])],
  [
    'pararel/trex_lms_vocab/P103.jsonl',
    '{"sub_label": "Ada", "obj_label": "English"}\n{"sub_label": "Bo", "obj_label": "Thai"}\n',
  ],
  [
    'counterfact/counterfact-requests.jsonl',
    '{"subject": "Bo", "ground_truth": "Thai", "prompt_template": "{} speaks"}\n',
  ],
  [
    'counterfact/counterfact-dev.json',
    JSON.stringify([
      {
        requested_rewrite: {
          prompt: '{} speaks',
          relation_id: 'P103',
          subject: 'Cy',
          target_true: { str: 'Latin' },
        },
        neighborhood_prompts: ['Dee speaks', 'Which tongue?'],
      },
    ]),
  ],
]);

function folder(contents: ReadonlyMap<string, string>): SourceFolder {
  return {
    has: (path) => contents.has(path),
    read: (path) => {
      const text = contents.get(path);
      if (text === undefined) throw new Error(`no ${path}`);
      return text;
    },
  };
}

const built = buildTables(folder(files));

describe('buildTables', () => {
  it('merges every source into one table a relation', () => {
    expect([...built.tables.keys()]).toEqual(relations().map(({ id }) => id));
    expect(formatTable(built.tables.get('P103')!.rows)).toBe(
      [
        'subject\tobject\tsources\tleaks',
        'Ada\tEnglish\tknown,trex\t0',
        'Bo\tThai\tcounterfact,trex\t0',
        'Cy\tLatin\tcounterfact\t0',
        'Dee\tLatin\tneighbour\t0',
        '',
      ].join('\n'),
    );
    expect(built.tables.get('P38')!.rows).toEqual([
      { subject: 'Peru', object: 'Sol', sources: ['lre'], leaks: false },
    ]);
  });

  it('counts neighbourhood prompts that it cannot read', () => {
    expect(built).toMatchObject({ unresolvedRequests: 0, unreadNeighbours: 1 });
  });

  it('refuses a relation without a table', () => {
    const known = JSON.stringify([{ subject: 'Ada', attribute: 'x', relation_id: 'P0' }]);
    expect(() => buildTables(folder(new Map([...files, ['known_1000.json', known]])))).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });
});

describe('formatReport', () => {
  it('gives a line a table, a total and what could not be read', () => {
    const lines = formatReport(built).split('\n');
    expect(lines).toHaveLength(relations().length + 4);
    expect(
      lines
        .find((line) => line.startsWith('P103 '))!
        .trim()
        .split(/\s+/),
    ).toEqual(['P103', '4', '3', '2', '0', '0', '0', '0', 'native', 'language']);
    expect(
      lines
        .find((line) => line.startsWith('total'))!
        .trim()
        .split(/\s+/)
        .slice(0, 2),
    ).toEqual(['total', '5']);
  });
});
