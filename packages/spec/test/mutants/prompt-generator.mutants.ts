import type { EditRequest } from '../../src/edit-request.js';
import { SakeError } from '../../src/errors.js';
import type { PromptDistribution, PromptGenerator, PromptOptions } from '../../src/prompt-distribution.js';
import { describePromptGenerator } from '../../src/testing/describe-prompt-generator.js';
import { toyPromptSource } from '../toys/framed-source.js';
import { without } from './without.js';

const request: EditRequest = {
  subject: 'Peru',
  prompt: 'The capital of {} is',
  targetTrue: 'Lima',
  targetNew: 'Oslo',
};
const options = { request, tooMany: 1000 };
const right = toyPromptSource();

describePromptGenerator('right', toyPromptSource, options);

const wrong = (generate: PromptGenerator['generate']) => (): PromptGenerator => ({ ...right, generate });
const asking = (change: (options: PromptOptions) => PromptOptions): (() => PromptGenerator) =>
  wrong((given, asked) => right.generate(given, change(asked)));
const giving = (change: (made: PromptDistribution) => Partial<PromptDistribution>): (() => PromptGenerator) =>
  wrong(async (given, asked) => {
    const made = await right.generate(given, asked);
    return { ...made, ...change(made) };
  });

const generators: Record<string, () => PromptGenerator> = {
  'puts the request last': giving(({ prompts }) => ({ prompts: [...prompts].reverse() })),
  'gives one prompt fewer': giving(({ prompts }) => ({ prompts: prompts.slice(0, -1) })),
  'repeats a prompt in capitals': giving(({ prompts }) => ({
    prompts: [...prompts.slice(0, -1), prompts[0]!.toUpperCase().replace('PERU', 'Peru')],
  })),
  'names the new object': giving(({ prompts }) => ({
    prompts: [...prompts.slice(0, -1), `Peru, not oslo, is ruled from ${prompts.length}`],
  })),
  'leaves the subject out': giving(({ prompts }) => ({
    prompts: [...prompts.slice(0, -1), 'It is ruled from'],
  })),
  'leaves a hole open': giving(({ negatives }) => ({
    negatives: [...negatives, { kind: 'unrelated', text: 'The sea of {} is' }],
  })),
  'leaves white space around a text': giving(({ positives }) => ({
    positives: positives.map((each) => ({ ...each, text: `${each.text} ` })),
  })),
  'calls a negative positive': giving(({ positives, negatives }) => ({
    positives: [...positives, ...negatives.slice(0, 1)],
  })),
  'names a subject that the text lacks': giving(({ negatives }) => ({
    negatives: negatives.map((each) => ({ ...each, subject: 'Chad' })),
  })),
  'has a prompt among the negatives': giving(({ prompts, negatives }) => ({
    negatives: [...negatives, { kind: 'topic-change', text: prompts[0]! }],
  })),
  'ignores what is withheld': asking((options) => without(options, 'withhold')),
  'withholds whole texts only': asking(({ withhold = [], ...rest }) => ({
    ...rest,
    withhold: withhold.filter((text) => !text.includes('. ')),
  })),
  'withholds wordings but no subjects': asking(({ withhold = [], ...rest }) => ({
    ...rest,
    withhold: withhold.filter((text) => text.includes('Peru')),
  })),
  'drops the request when it is withheld': wrong(async (given, asked) => {
    const made = await right.generate(given, asked);
    const held = asked.withhold?.includes(made.prompts[0]!) ?? false;
    return { ...made, prompts: held ? made.prompts.slice(1) : made.prompts };
  }),
  'depends on chance': asking((asked) => ({ ...asked, seed: Math.random() })),
  'orders by the count': asking((asked) => ({ ...asked, seed: asked.count })),
  'does not say how many it can make': wrong(async (given, asked) => {
    if (asked.count > 100) throw new SakeError('not-enough-data', 'generate: expected fewer');
    return right.generate(given, asked);
  }),
  'gives what it can instead of failing': asking((asked) => ({ ...asked, count: Math.min(asked.count, 16) })),
  'ignores its signal': asking((options) => without(options, 'signal')),
  'takes any count': asking((asked) => ({ ...asked, count: asked.count >= 1 ? Math.floor(asked.count) : 1 })),
  'takes malformed requests': wrong((given, asked) =>
    right.generate(given.prompt.includes('{}') ? given : request, asked),
  ),
  'takes equal objects': wrong((given, asked) =>
    right.generate(given.targetNew === given.targetTrue ? request : given, asked),
  ),
  'numbers the phrasings of too few prompts': giving(({ prompts }) => ({
    wordings: prompts.slice(1).map((_, index) => index),
  })),
  'numbers phrasings in halves': giving(({ prompts }) => ({
    wordings: prompts.map((_, index) => index / 2),
  })),
  'numbers phrasings by the count': giving(({ prompts }) => ({
    wordings: prompts.map((_, index) => prompts.length - index),
  })),
  'has settings that JSON loses': giving(({ source }) => ({ source: { ...source, seed: Number.NaN } })),
  'names another kind': giving(() => ({ source: { kind: 'other' } })),
};
for (const [name, create] of Object.entries(generators))
  describePromptGenerator(`wrong: prompts ${name}`, create, options);
