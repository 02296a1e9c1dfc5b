import { describe, expect, it } from 'vitest';
import { generateRequests, type TableFact } from './generate-requests.js';

const fact = (subject: string, object: string, relation = 'P36'): TableFact => ({
  relation,
  subject,
  object,
});
const table = [
  fact('France', 'Paris'),
  fact('Japan', 'Tokyo'),
  fact('Peru', 'Lima'),
  fact('Bolivia', 'Sucre'),
  fact('Bolivia', 'La Paz'),
  fact('Luxembourg', 'Luxembourg'),
  fact('Rome Town', 'Salem'),
  fact('France', 'French', 'P37'),
];
const options = {
  wanted: 100,
  prompts: new Map([['P36', ['The capital of {} is', 'The seat of {} is']]]),
  edited: [],
  asked: [],
  seed: 0,
};

describe('generateRequests', () => {
  it('asks for objects of other subjects, one edit a subject, in known prompts', () => {
    for (let seed = 0; seed < 20; seed++) {
      const requests = generateRequests(table, { ...options, seed });
      const subjects = requests.map(({ subject }) => subject);
      expect(new Set(subjects).size).toBe(subjects.length);
      expect(subjects).toHaveLength(6);
      for (const { subject, targetTrue, targetNew, prompt, relation } of requests) {
        const own = table.filter((row) => row.subject === subject && row.relation === relation);
        expect(own.map(({ object }) => object)).toContain(targetTrue);
        expect(own.map(({ object }) => object)).not.toContain(targetNew);
        expect(table.map(({ object }) => object)).toContain(targetNew);
        expect(relation).toBe('P36');
        expect(options.prompts.get('P36')).toContain(prompt);
      }
    }
  });

  it('leaves out subjects that are edited already or that what is asked names', () => {
    const requests = generateRequests(table, {
      ...options,
      edited: ['France'],
      asked: ['The capital of Japan is', 'Peru is ruled from'],
    });
    expect(requests.map(({ subject }) => subject).sort()).toEqual(['Bolivia', 'Luxembourg', 'Rome Town']);
  });

  it('gives as many as are wanted, the same for the same seed', () => {
    const some = generateRequests(table, { ...options, wanted: 3 });
    expect(some).toHaveLength(3);
    expect(generateRequests(table, { ...options, wanted: 3 })).toEqual(some);
    const others = Array.from({ length: 5 }, (_, seed) =>
      generateRequests(table, { ...options, seed, wanted: 3 }),
    );
    expect(new Set(others.map((each) => JSON.stringify(each))).size).toBeGreaterThan(1);
  });
});
