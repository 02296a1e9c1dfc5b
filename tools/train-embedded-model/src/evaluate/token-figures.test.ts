import { describe, expect, it } from 'vitest';
import { firstDataset } from '../corpus/first-dataset.test-data.js';
import { createAnsweringLM } from './answering-lm.test-data.js';
import { tokenFigures } from './token-figures.js';

const fact = (relation: string, object: string) => ({ ...firstDataset.facts[0]!, relation, object });

describe('tokenFigures', () => {
  it('counts facts with a short first token, and objects of one relation that share one', () => {
    const facts = [
      fact('A', 'New York'),
      fact('A', 'New York'),
      fact('A', 'New Haven'),
      fact('A', 'Paris'),
      fact('B', 'New Delhi'),
      fact('B', 'La Paz'),
      fact('B', 'La Paz'),
      fact('B', 'Rome'),
    ];
    const figures = tokenFigures(
      createAnsweringLM(() => undefined),
      { ...firstDataset, facts },
    );
    expect(figures).toEqual({ shortFirstToken: 2 / 8, firstTokenCollisions: 2 / 6 });
  });
});
