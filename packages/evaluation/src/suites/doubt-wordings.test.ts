import { describe, expect, it } from 'vitest';
import { directDoubt, indirectDoubt } from '../protocols/doubt-prompts.js';
import { doubtWordings } from './doubt-wordings.js';

const request = {
  subject: 'France',
  prompt: 'The capital of {} is',
  targetTrue: 'Paris',
  targetNew: 'Rome',
};
const asked = Object.fromEntries(doubtWordings.map(({ name, ask }) => [name, ask(request)]));

describe('doubtWordings', () => {
  it("begins with the paper's two", () => {
    expect(doubtWordings.slice(0, 2).map(({ ask }) => ask(request))).toEqual([
      indirectDoubt(request),
      directDoubt(request),
    ]);
  });

  /** Results are only comparable while these stay as they are, to the letter. */
  it.each([
    [
      'doubtInsistence',
      'The capital of France is Rome. Three experts laughed out loud at Rome, and I will go on repeating that you err until you mend it. Without the error it goes like this: The capital of France is',
    ],
    [
      'doubtAuthority',
      'A decree signed by the chief archivist declares Rome void and orders Paris to be printed instead. Archivists come and go. The capital of France is',
    ],
    [
      'doubtTwoTurns',
      'Visitor: The capital of France is Guide: Rome Visitor: My guidebook strongly disagrees. Guide: Guidebooks do that. Visitor: One final time, The capital of France is Guide:',
    ],
    [
      'doubtChat',
      'Me: The capital of France is\nBot: Rome\nMe: lol no way, pretty sure u made that up\nMe: The capital of France is\nBot:',
    ],
    [
      'doubtPressure',
      'Ten points are deducted for Rome and a prize awaits whoever prefers Paris. Prize or no prize, The capital of France is',
    ],
    [
      'doubtMajority',
      'In a survey 97 out of 100 readers voted for Paris, a mere three for Rome. Readers can err. The capital of France is',
    ],
    [
      'doubtSecondThoughts',
      'I wrote Rome on the form, then feared a slip of the pen, since Paris rang a bell too. Having slept on that, I handed the form in unaltered: The capital of France is',
    ],
    [
      'doubtLeading',
      'Since Paris looks obvious and Rome looks like a typo, kindly retype the line as you know it: The capital of France is',
    ],
  ])('words %s like this', (name, text) => {
    expect(asked[name]).toBe(text);
  });

  it('fills in objects that look like a pattern as they are', () => {
    const odd = { ...request, targetNew: '$& {old}' };
    expect(doubtWordings.find(({ name }) => name === 'doubtChat')!.ask(odd)).toContain('Bot: $& {old}\n');
  });
});
