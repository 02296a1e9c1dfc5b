import { describe, expect, it } from 'vitest';
import { readKnown, readLre, readTrex } from './triples.js';

describe('readTrex', () => {
  it('reads subject and object labels into the relation', () => {
    const text = '{"sub_label": "Ada", "obj_label": "English", "uuid": "1"}\n';
    expect(readTrex(text, 'P103.jsonl', 'P103')).toEqual([
      { relation: 'P103', subject: 'Ada', object: 'English', source: 'trex' },
    ]);
  });
});

describe('readLre', () => {
  const text = JSON.stringify({
    name: 'made by',
    samples: [
      { subject: 'Widget', object: 'Acme' },
      { subject: 'Gadget', object: 'Acme' },
    ],
  });

  it('gives a sample to the candidate that knows it, else to the first', () => {
    const holds = (relation: string, subject: string): boolean => relation === 'P178' && subject === 'Gadget';
    expect(readLre(text, 'f.json', ['P176', 'P178'], holds).map(({ relation }) => relation)).toEqual([
      'P176',
      'P178',
    ]);
  });
});

describe('readKnown', () => {
  it('reads the attribute as the object', () => {
    const text = '[{"subject": "Vinson", "attribute": "Antarctica", "relation_id": "P30", "prompt": "-"}]';
    expect(readKnown(text, 'known.json')).toEqual([
      { relation: 'P30', subject: 'Vinson', object: 'Antarctica', source: 'known' },
    ]);
  });
});
