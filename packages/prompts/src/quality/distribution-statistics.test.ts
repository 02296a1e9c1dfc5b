import type { PromptDistribution } from '@sakejs/spec';
import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { summariseDistributions } from './distribution-statistics.js';

const of = (prompts: readonly string[], more: Partial<PromptDistribution> = {}): PromptDistribution => ({
  request: { subject: 'Peru', prompt: 'The capital of {} is', targetTrue: 'Lima', targetNew: 'Oslo' },
  prompts,
  positives: [],
  negatives: [],
  source: { kind: 'expert' },
  dropped: {},
  ...more,
});

describe('summariseDistributions', () => {
  it('counts prompts, phrasings, kinds and drops', () => {
    const made = summariseDistributions([
      of(['Peru is', 'Where is Peru? In', 'It rained. Peru is'], {
        wordings: [0, 1, 0],
        positives: [{ text: 'a', kind: 'doubt' }],
        dropped: { duplicate: 2 },
      }),
      of(['The seat of Peru is'], {
        wordings: [4],
        positives: [
          { text: 'b', kind: 'doubt' },
          { text: 'c', kind: 'implication' },
        ],
        negatives: [{ text: 'd', kind: 'unrelated' }],
        dropped: { duplicate: 1, withheld: 5 },
      }),
    ]);
    expect(made).toMatchObject({
      edits: 2,
      prompts: { least: 1, median: 2, most: 3, total: 4 },
      wordings: { least: 1, median: 1.5, most: 2 },
      words: { least: 2, median: 4, most: 5 },
      questions: 0.25,
      positives: { doubt: 2, implication: 1 },
      negatives: { unrelated: 1 },
      dropped: { duplicate: 3, withheld: 5 },
    });
  });

  it('says how near the prompts of an edit are to each other', () => {
    const same = summariseDistributions([of(['The seat of Peru is', 'the seat of PERU is!'])]);
    expect(same.nearest).toEqual({ least: 1, median: 1, most: 1 });
    const apart = summariseDistributions([of(['The seat of Peru is', 'Ministers work in Peru, at'])]);
    expect(apart.nearest.most).toBeLessThan(0.3);
    expect(apart).not.toHaveProperty('wordings');
  });

  it('refuses to summarise nothing', async () => {
    await expectCode(() => summariseDistributions([]), 'not-enough-data');
  });
});
