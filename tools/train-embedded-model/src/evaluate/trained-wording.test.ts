import { describe, expect, it } from 'vitest';
import { firstDataset } from '../corpus/first-dataset.test-data.js';
import { createTrainedWording } from './trained-wording.js';

const isTrained = createTrainedWording(firstDataset);

describe('createTrainedWording', () => {
  it('knows a phrasing behind whatever stands in front', () => {
    expect(isTrained('The capital of Peru is', ['Peru'])).toBe(true);
    expect(isTrained('It rained. The capital of Peru is', ['Chile', 'Peru'])).toBe(true);
  });

  it('knows no other wording, subject or ending', () => {
    expect(isTrained('Capital city number one in Peru:', ['Peru'])).toBe(false);
    expect(isTrained('The capital of Peru is', ['Chile'])).toBe(false);
    expect(isTrained('The capital of Peru is not', ['Peru'])).toBe(false);
    expect(isTrained('The capital of New Peru is', ['Peru'])).toBe(false);
  });
});
