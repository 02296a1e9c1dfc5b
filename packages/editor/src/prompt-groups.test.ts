import { expectCode } from '@sakejs/spec/testing';
import { describe, expect, it } from 'vitest';
import { MINIMUM_WORDINGS, promptGroups, scopePromptGroups } from './prompt-groups.js';

const prompts = Array.from({ length: 16 }, (_, index) => `prompt ${index}`);
const every = [...prompts.keys()];
/** Prompts 0 and 8, 1 and 9, … are near-copies; numbers need not be indices. */
const wordings = every.map((index) => 100 - (index % 8));

describe('promptGroups', () => {
  it('puts prompts of one phrasing into one group, named by its first prompt', () => {
    const { by, groups } = promptGroups({ prompts, wordings }, every);
    expect(by).toBe('wording');
    expect(groups).toEqual([...every.slice(0, 8), ...every.slice(0, 8)]);
  });

  it('keeps every prompt apart where the source names no phrasings', () => {
    expect(promptGroups({ prompts }, every)).toEqual({ by: 'prompt', groups: every });
  });

  it(`keeps every prompt apart below ${MINIMUM_WORDINGS} phrasings among the prompts that are used`, () => {
    expect(promptGroups({ prompts, wordings }, every.slice(0, 8)).by).toBe('wording');
    expect(promptGroups({ prompts, wordings }, [0, 1, 2, 3, 4, 5, 6, 8, 9, 10])).toEqual({
      by: 'prompt',
      groups: every,
    });
  });

  it('refuses wordings of another number than prompts', async () => {
    await expectCode(() => promptGroups({ prompts, wordings: wordings.slice(1) }, every), 'shape-mismatch');
  });
});

describe('scopePromptGroups', () => {
  it('puts texts of one kind and wording together and keeps the others apart', () => {
    const texts = [
      { text: 'a', kind: 'doubt', wording: 'x' },
      { text: 'b', kind: 'doubt' },
      { text: 'c', kind: 'topic-change', wording: 'x' },
      { text: 'd', kind: 'doubt', wording: 'x' },
      { text: 'e', kind: 'doubt', wording: 'y' },
      { text: 'f', kind: 'doubt' },
      { text: 'g', kind: 'topic-change', wording: 'x' },
    ] as const;
    expect(scopePromptGroups(texts)).toEqual([0, 1, 2, 0, 4, 5, 2]);
  });
});
