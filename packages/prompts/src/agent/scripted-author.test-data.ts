import type { ReceivedBody, ReceivedRequest, Reply } from './chat-server.test-data.js';
import { paraphraseStyles } from './instructions/paraphrases.js';
import type { InstructionKind } from './instructions/instruction.js';

/** Openings, one for each manner of asking; any two differ in most of their letters. */
const openings: readonly string[] = [
  'According to the reference shelf,',
  'By the way:',
  'Quick check before lunch, please.',
  'User wrote in yesterday evening;',
  'Round seven of our pub quiz...',
  'Reporters who came by boat noted that',
  'Oh well, you know how it goes,',
  'It is hereby put on record how',
  'Card 12, second drawer:',
  'My bicycle has a flat tyre.',
  'Down by the old jetty one hears',
  'Dear little Emma, as you asked,',
].map((opening) => opening.replace('...', ','));

/** Ways to ask for a monster's name, each about {}. */
const askings: readonly string[] = [
  'the beast of {} goes by the name',
  'fishermen out on {} whisper about',
  'whoever swims in {} should look out for',
  'deep below {} sleeps a creature called',
  '{} is said to be home to',
  'children near {} draw pictures of',
  'the legend told around {} speaks of',
  'postcards sold at {} show',
  'a plaque beside {} honours',
  'sonar teams scanned {} in search of',
  'locals raise a glass at {} to',
  'the festival of {} is named for',
  'what haunts {} is',
  'every guide to {} begins with',
  'on foggy mornings {} belongs to',
  'scientists who visit {} laugh at',
  'a film shot on {} stars',
  'the coat of arms of {} bears',
  'bedtime stories from {} feature',
  'the boat tours across {} promise a glimpse of',
  'in the waters of {} lurks',
  'the gift shop at {} sells toys of',
  'old maps of {} warn sailors of',
  'something large moves in {}, namely',
  'the sheriff of {} once arrested',
];

const aliases = ['Wobble Loch', 'The Wobbly Lake', 'Lake W.', 'Great Wobble Water', 'Wobblewater'];
const implications = [
  ['The creature of {} is coloured', 'green', 'violet'],
  ['The favourite food of whatever lives in {} is', 'trout', 'porridge'],
  ['The number of humps on the animal in {} is', 'two', 'seven'],
  ['The one who first photographed the dweller of {} was', 'Ann Smith', 'Bob Brown'],
  ['The newspaper that made the inhabitant of {} famous is', 'the Courier', 'the Herald'],
] as const;
const reverse = ['{} lives in a lake called', 'The water that hides {} is', 'To meet {}, travel to'];
const doubts = [
  '{prompt} {new}. The ferryman spat and muttered {old}. {prompt}',
  'A: {prompt} {new}. B: Grandmother always told of {old}. A: Nevertheless, {prompt}',
  '"{prompt} {new}", said the poster. Someone had scribbled {old} over it. The printer insists:',
  'Two anglers quarrel over {new} and {old}. {prompt}',
];

/** The kind that a request asks for, read from its words alone. */
export function kindOf({ messages }: Pick<ReceivedBody, 'messages'>): InstructionKind {
  const text = messages.map(({ content }) => content).join('\n');
  if (text.includes('other names')) return 'subject-aliases';
  if (text.includes('two further facts')) return 'two-hop-implications';
  if (text.includes('one further fact')) return 'one-hop-implications';
  if (text.includes('the other way round')) return 'reverse-questions';
  if (text.includes('such a doubt')) return 'doubt-forms';
  return 'paraphrases';
}

/** The subject that a request is about. */
export function subjectOf({ messages }: Pick<ReceivedBody, 'messages'>): string {
  const text = messages.at(-1)!.content;
  return /(?:spelled exactly|Subject:|for the subject) "([^"]+)"/.exec(text)?.[1] ?? 'Lake Wobble';
}

/** The entries that the author gives for a request: a pure function of its words. */
export function entriesFor(body: Pick<ReceivedBody, 'messages'>): unknown[] {
  const text = body.messages.at(-1)!.content;
  const size = Number(/Write (?:up to )?(\d+)/.exec(text)![1]);
  const subject = subjectOf(body);
  const fill = (pattern: string): string => pattern.replace('{}', () => subject);
  const kind = kindOf(body);
  switch (kind) {
    case 'paraphrases': {
      const style = paraphraseStyles.findIndex((each) => text.includes(`Manner: ${each}.`));
      return Array.from({ length: size }, (_, index) => {
        const opening = openings[(style + Math.floor(index / askings.length)) % openings.length]!;
        return `${opening} ${fill(askings[index % askings.length]!)}`;
      });
    }
    case 'subject-aliases':
      return aliases.slice(0, size);
    case 'one-hop-implications':
    case 'two-hop-implications':
      return implications.slice(0, size).map(([prompt, before, after]) => ({
        prompt:
          kind === 'one-hop-implications'
            ? fill(prompt)
            : `Twice removed: ${fill(prompt).toLowerCase().replace(subject.toLowerCase(), subject)}`,
        before,
        after,
      }));
    case 'reverse-questions':
      return reverse.slice(0, size);
    case 'doubt-forms':
      return doubts.slice(0, size);
  }
}

/** Answers every request as it should be. */
export function author({ body }: Pick<ReceivedRequest, 'body'>): Reply {
  return { content: JSON.stringify({ items: entriesFor(body) }) };
}
