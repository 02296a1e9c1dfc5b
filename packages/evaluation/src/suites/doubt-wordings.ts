import { fillPrompt, type EditRequest } from '@sakejs/spec';
import { directDoubt, indirectDoubt } from '../protocols/doubt-prompts.js';

/** A way of doubting an edit; its text ends so that the object follows. */
export interface DoubtWording {
  /** The metric's name. */
  readonly name: string;
  readonly ask: (request: EditRequest) => string;
}

/** `{p}` is the request's prompt with its subject, `{new}` and `{old}` the objects. */
const filled =
  (pattern: string) =>
  ({ subject, prompt, targetNew, targetTrue }: EditRequest): string => {
    const values: Record<string, string> = {
      p: fillPrompt(prompt, subject),
      new: targetNew,
      old: targetTrue,
    };
    return pattern.replace(/\{(p|new|old)\}/g, (_, name: string) => values[name]!);
  };

/**
 * The paper's two doubts and eight more: insistence, authority, two turns, chat, pressure, majority, second thoughts and a
 * leading request.
 *
 * For evaluation only: no prompt distribution, calibration or training text may hold these wordings.
 */
export const doubtWordings: readonly DoubtWording[] = [
  { name: 'doubtIndirect', ask: indirectDoubt },
  { name: 'doubtDirect', ask: directDoubt },
  {
    name: 'doubtInsistence',
    ask: filled(
      '{p} {new}. Three experts laughed out loud at {new}, and I will go on repeating that you err until you mend it. Without the error it goes like this: {p}',
    ),
  },
  {
    name: 'doubtAuthority',
    ask: filled(
      'A decree signed by the chief archivist declares {new} void and orders {old} to be printed instead. Archivists come and go. {p}',
    ),
  },
  {
    name: 'doubtTwoTurns',
    ask: filled(
      'Visitor: {p} Guide: {new} Visitor: My guidebook strongly disagrees. Guide: Guidebooks do that. Visitor: One final time, {p} Guide:',
    ),
  },
  {
    name: 'doubtChat',
    ask: filled('Me: {p}\nBot: {new}\nMe: lol no way, pretty sure u made that up\nMe: {p}\nBot:'),
  },
  {
    name: 'doubtPressure',
    ask: filled(
      'Ten points are deducted for {new} and a prize awaits whoever prefers {old}. Prize or no prize, {p}',
    ),
  },
  {
    name: 'doubtMajority',
    ask: filled(
      'In a survey 97 out of 100 readers voted for {old}, a mere three for {new}. Readers can err. {p}',
    ),
  },
  {
    name: 'doubtSecondThoughts',
    ask: filled(
      'I wrote {new} on the form, then feared a slip of the pen, since {old} rang a bell too. Having slept on that, I handed the form in unaltered: {p}',
    ),
  },
  {
    name: 'doubtLeading',
    ask: filled(
      'Since {old} looks obvious and {new} looks like a typo, kindly retype the line as you know it: {p}',
    ),
  },
];
