import { describe, expect, it } from 'vitest';
import { relations } from '@sakejs/facts';
import { normalizeWording } from '../wording.js';
import { relationPhrasings } from './all-relations.js';

describe('relationPhrasings', () => {
  it('words at least 30 relations, each once and each of the fact tables', () => {
    const ids = relationPhrasings.map(({ relation }) => relation);
    expect(ids.length).toBeGreaterThanOrEqual(30);
    expect(new Set(ids).size).toBe(ids.length);
    const known = new Set(relations().map(({ id }) => id));
    expect(ids.filter((id) => !known.has(id))).toEqual([]);
  });

  describe.each(relationPhrasings.map((phrasings) => [phrasings.relation, phrasings] as const))(
    '%s',
    (_, phrasings) => {
      const { statements, questions, descriptions = [] } = phrasings;

      it('has 20 or more statements and 5 or more questions, each once', () => {
        expect(statements.length).toBeGreaterThanOrEqual(20);
        expect(questions.length).toBeGreaterThanOrEqual(5);
        const all = [...statements, ...questions].map(normalizeWording);
        expect(new Set(all).size).toBe(all.length);
      });

      it('holds {} once in each and has no white space at the ends or in a row', () => {
        for (const pattern of [...statements, ...questions, ...descriptions]) {
          expect(pattern.split('{}'), pattern).toHaveLength(2);
          expect(pattern, pattern).toBe(pattern.trim().replace(/\s+/g, ' '));
        }
      });

      it('ends statements with a word or the subject, and questions with a question mark', () => {
        for (const statement of statements) expect(statement).toMatch(/[\p{L}}]$/u);
        for (const question of questions) expect(question).toMatch(/\?$/);
      });

      it('has no descriptions, or 5 or more, each once: noun phrases that end with a word or the subject', () => {
        if (phrasings.descriptions !== undefined) expect(descriptions.length).toBeGreaterThanOrEqual(5);
        expect(new Set(descriptions.map(normalizeWording)).size).toBe(descriptions.length);
        for (const description of descriptions) expect(description).toMatch(/^(?:the |\{\}'s ).*[\p{L}}]$/u);
      });
    },
  );
});
