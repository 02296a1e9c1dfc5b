import { describe, expect, it } from 'vitest';
import { createScriptedLM, type Script, type ScriptedLM } from '../../test/scripted-lm.js';
import { createWholeObjectScorer } from './whole-object.js';

const script: Script = {
  'It is': { ' New': 1 },
  'It is New': { ' York': 1 },
  'It is New York': { '.': 1 },
  'There is New': { ' York': 1 },
  'It is Rome': { o: 1 },
  'It is Paris': {},
  ' Rome': {},
  ' There': {},
};

/** Whether the text `prompt + firstToken + …` says the object. */
function says(lm: ScriptedLM, prompt: string, firstToken: string, object: string): Promise<boolean> {
  return createWholeObjectScorer(lm).says(prompt, lm.encode(firstToken)[0]!, [object]);
}

describe('createWholeObjectScorer', () => {
  it('takes an object of several tokens that is completed', async () => {
    expect(await says(createScriptedLM(script), 'It is', ' New', 'New York')).toBe(true);
    expect(await says(createScriptedLM(script), 'There is', ' New', 'New York')).toBe(true);
  });

  it('refuses an object that goes on otherwise', async () => {
    expect(await says(createScriptedLM(script), 'It is', ' New', 'New Delhi')).toBe(false);
  });

  it('refuses a longer word', async () => {
    expect(await says(createScriptedLM(script), 'It is', ' Rome', 'Rome')).toBe(false);
    expect(await says(createScriptedLM(script), 'It is', ' Rome', 'Romeo')).toBe(true);
  });

  it('takes a text that ends after the object', async () => {
    const lm = createScriptedLM(script);
    expect(await says(lm, 'There is', ' Rome', 'Rome')).toBe(true);
  });

  it('decodes nothing where the first token decides', async () => {
    const lm = createScriptedLM(script);
    expect(await says(lm, 'It is', ' Paris', 'New York')).toBe(false);
    expect(lm.decoded).toEqual([]);
  });

  it('decodes a continuation once', async () => {
    const lm = createScriptedLM(script);
    const scorer = createWholeObjectScorer(lm);
    const token = lm.encode(' New')[0]!;
    for (let i = 0; i < 3; i++) await scorer.says('It is', token, ['New York']);
    expect(lm.decoded).toEqual(['It is New']);
  });

  it('judges by the first token alone where the positions end', async () => {
    const lm = createScriptedLM(script, { maxPositions: 2 });
    expect(await says(lm, 'It is', ' New', 'New York')).toBe(false);
    expect(await says(lm, 'It is', ' Rome', 'Rome')).toBe(true);
    expect(lm.decoded).toEqual([]);
  });
});
