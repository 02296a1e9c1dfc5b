import { createHash } from 'node:crypto';
import type { EditRequest } from '@sakejs/spec';
import { describe, expect, it } from 'vitest';
import { questionForms } from './question-forms.js';
import { createTemplateSource, type TemplateSourceOptions } from './template-source.js';

const french: EditRequest = {
  subject: 'Danielle Darrieux',
  prompt: 'The mother tongue of {} is',
  targetTrue: 'French',
  targetNew: 'English',
};
const lima: EditRequest = {
  subject: 'Peru',
  prompt: 'The capital of {} is',
  targetTrue: 'Lima',
  targetNew: 'San José',
};
const apple: EditRequest = {
  subject: 'MacApp',
  prompt: '{} was developed by',
  targetTrue: 'Apple',
  targetNew: 'Engineers',
};
const malaga: EditRequest = {
  subject: 'Málaga Airport',
  prompt: '{} is located in',
  targetTrue: 'Spain',
  targetNew: 'São Tomé',
  relation: 'P17',
};

/** Of the whole distribution but its counts of drops, which say nothing of its texts. */
async function digest(
  request: EditRequest,
  count: number,
  seed: number,
  withhold: readonly string[] = [],
  options: TemplateSourceOptions = {},
): Promise<string> {
  const { dropped: _, ...made } = await createTemplateSource(options).generate(request, {
    count,
    seed,
    withhold,
  });
  return createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 16);
}

describe('createTemplateSource', () => {
  // Models are trained and edits compared on these texts: they may change only together with them.
  it('gives the texts that it always gave', { timeout: 120_000 }, async () => {
    expect([
      await digest(french, 50, 0),
      await digest(french, 400, 3, ['It rained. Danielle Darrieux grew up speaking', 'Jean Gaven speaks']),
      await digest(lima, 100, 1),
      await digest(lima, 30, 2, [], { neutralShare: 0, questions: false, doubts: 5, negativesPerKind: 7 }),
      await digest(apple, 100, 0),
      await digest(malaga, 120, 11),
    ]).toEqual([
      '3134be095bce72de',
      'd7efabde3ffa29e3',
      'f9bbe6036fa485b8',
      '820bf27f156218af',
      'fb6ccb9e534a5981',
      'b9183904746f5eb6',
    ]);
  });

  it('asks in question and chat layouts too, unless told not to', { timeout: 120_000 }, async () => {
    const cues = questionForms.map((form) => form.replace(/^.*\{q\}/u, ''));
    const asking = async (questions: boolean): Promise<string[]> => {
      const { prompts } = await createTemplateSource({ questions }).generate(lima, { count: 150 });
      return prompts.filter((text) => cues.some((cue) => text.endsWith(`?${cue}`)));
    };
    const texts = await asking(true);
    expect(texts.some((text) => text.startsWith('User: ') && text.endsWith(' Assistant:'))).toBe(true);
    expect(texts.some((text) => text.endsWith('? Answer:'))).toBe(true);
    // Some statements hold a question of their own; none of them has a speaker.
    expect((await asking(false)).filter((text) => text.includes('User: '))).toEqual([]);
  });
});
