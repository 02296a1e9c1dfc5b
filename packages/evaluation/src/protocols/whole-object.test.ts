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

  it('takes any of several objects', async () => {
    const lm = createScriptedLM(script);
    const saysAny = (objects: readonly string[]): Promise<boolean> =>
      createWholeObjectScorer(lm).says('It is', lm.encode(' New')[0]!, objects);
    expect(await saysAny(['Gotham', 'New York'])).toBe(true);
    expect(await saysAny(['New York', 'Gotham'])).toBe(true);
    // A longer alias stays open behind one that is done with.
    expect(await saysAny(['New Delhi', 'New York.'])).toBe(true);
    expect(await saysAny(['Gotham', 'New Delhi'])).toBe(false);
  });

  it('reads twenty tokens and no more', async () => {
    const words = Array.from({ length: 30 }, (_, at) => ` w${at}`);
    const endless: Script = Object.fromEntries(
      words.slice(1).map((word, at) => [`It is${words.slice(0, at + 1).join('')}`, { [word]: 1 }] as const),
    );
    const lm = createScriptedLM({ ...endless, 'It is': { [words[0]!]: 1 } });
    const objectOf = (tokens: number): string => words.slice(0, tokens).join('').trim();
    expect(await says(lm, 'It is', ' w0', objectOf(20))).toBe(true);
    expect(await says(lm, 'It is', ' w0', objectOf(21))).toBe(false);
    // The bound is on what is read, not on what the model could say.
    expect(await says(lm, 'It is w0', ' w1', objectOf(21).replace('w0 ', ''))).toBe(true);
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
