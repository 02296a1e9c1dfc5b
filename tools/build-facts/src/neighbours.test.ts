import { describe, expect, it } from 'vitest';
import { collectSlots, readNeighbours, subjectCandidates } from './neighbours.js';

const request = { subject: 'x', object: 'Quito', relation: 'P740' };
const slots = collectSlots([
  { ...request, template: '{}, from' },
  { ...request, template: '{}, that was started in' },
  { ...request, template: '{} was started in' },
  { ...request, template: 'no slot' },
  { subject: 'x', object: 'y', template: '{} is' },
]);
const record = (...neighbourPrompts: string[]): Parameters<typeof readNeighbours>[0][number] => ({
  request: { ...request, template: '{}, from' },
  neighbourPrompts,
});

describe('collectSlots', () => {
  it('splits the templates of each relation at the subject, longest first', () => {
    expect([...slots]).toEqual([
      [
        'P740',
        [
          ['', ', that was started in'],
          ['', ' was started in'],
          ['', ', from'],
        ],
      ],
    ]);
  });
});

describe('subjectCandidates', () => {
  it('gives what stands in every slot that fits, the most specific first', () => {
    expect(subjectCandidates('The Band, that was started in', slots.get('P740')!)).toEqual([
      'The Band',
      'The Band, that',
    ]);
  });

  it('gives nothing for another wording or an empty subject', () => {
    expect(subjectCandidates('The Band comes from', slots.get('P740')!)).toEqual([]);
    expect(subjectCandidates(', from', slots.get('P740')!)).toEqual([]);
  });
});

describe('readNeighbours', () => {
  it('states the object of the record of each neighbour', () => {
    expect(readNeighbours([record('The Band, that was started in')], slots, () => false)).toEqual({
      statements: [{ relation: 'P740', subject: 'The Band', object: 'Quito', source: 'neighbour' }],
      unread: 0,
    });
  });

  it('prefers the subject whose fact is known', () => {
    const { statements } = readNeighbours(
      [record('The Band, that was started in')],
      slots,
      (_, subject) => subject === 'The Band, that',
    );
    expect(statements.map(({ subject }) => subject)).toEqual(['The Band, that']);
  });

  it('counts prompts that it cannot read', () => {
    expect(readNeighbours([record('Who knows?')], slots, () => false)).toEqual({ statements: [], unread: 1 });
  });
});
