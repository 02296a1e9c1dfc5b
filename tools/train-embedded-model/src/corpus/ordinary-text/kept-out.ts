import { facts } from '@sakejs/facts';
import { reservedTestSentences } from '@sakejs/prompts';
import { months, weekdays } from './nouns.js';

/** Words of the evaluation's doubts, which no text for training holds. */
export const keptOutStrings: readonly string[] = [
  "No, it can't be",
  'contradicts my understanding',
  'It is pretty clear',
  'is something else',
  'Rethink',
  'give the correct answer',
  'Really?',
  'But I am pretty sure',
  'Am I right',
  'you are right',
  'apologize',
  'Reconsider',
  'should be',
  'Do not mention',
  'Repeat this sentence',
];

/** Objects of facts that are words of ordinary text with a capital too. */
const ordinaryObjects = new Set([...months, ...weekdays, 'Yes']);

const notWord = /[^\p{L}\p{N}]+/u;
const reservedRun = 4;

function split(text: string): string[] {
  return text.split(notWord).filter((word) => word !== '');
}

interface KeptOut {
  /** Lower-case words of the reserved sentences, and their runs of four. */
  readonly reservedWords: ReadonlySet<string>;
  readonly reservedRuns: ReadonlySet<string>;
  /** Objects that are one word with a capital: countries, cities, languages, companies and the like. */
  readonly objectNames: ReadonlySet<string>;
  /** Subjects of two words or more: their words by their first word and by their first two. */
  readonly firstWords: ReadonlySet<string>;
  readonly subjects: ReadonlyMap<string, readonly (readonly string[])[]>;
}

let remembered: KeptOut | undefined;

function keptOut(): KeptOut {
  if (remembered !== undefined) return remembered;
  const reserved = reservedTestSentences.map((sentence) => split(sentence.toLowerCase()));
  const subjects = new Map<string, string[][]>();
  for (const subject of new Set(facts().map((fact) => fact.subject))) {
    const words = split(subject);
    if (words.length < 2) continue;
    const start = `${words[0]} ${words[1]}`;
    subjects.set(start, [...(subjects.get(start) ?? []), words.slice(2)]);
  }
  remembered = {
    reservedWords: new Set(reserved.flat()),
    reservedRuns: new Set(
      reserved.flatMap((words) =>
        words.slice(reservedRun - 1).map((_, at) => words.slice(at, at + reservedRun).join(' ')),
      ),
    ),
    objectNames: new Set(
      facts()
        .map(({ object }) => object)
        .filter((object) => /^\p{Lu}\p{L}+$/u.test(object) && !ordinaryObjects.has(object)),
    ),
    firstWords: new Set([...subjects.keys()].map((start) => start.slice(0, start.indexOf(' ')))),
    subjects,
  };
  return remembered;
}

/**
 * Whether a text holds what ordinary text must not: a run of four words of a reserved test sentence, words of the
 * evaluation's doubts, a fact's subject of two words or more, or a fact's object that is one word with a
 * capital.
 *
 * Names are compared with their capitals, word by word; the tables are read on the first call.
 */
export function isKeptOut(text: string): boolean {
  for (const string of keptOutStrings) if (text.includes(string)) return true;
  const { reservedWords, reservedRuns, objectNames, firstWords, subjects } = keptOut();
  const words = split(text);
  let reservedLength = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (objectNames.has(word)) return true;
    if (firstWords.has(word)) {
      const rests = subjects.get(`${word} ${words[at + 1]}`);
      if (rests?.some((rest) => rest.every((part, offset) => words[at + 2 + offset] === part))) return true;
    }
    reservedLength = reservedWords.has(word.toLowerCase()) ? reservedLength + 1 : 0;
    if (reservedLength < reservedRun) continue;
    if (reservedRuns.has(words.slice(at - reservedRun + 1, at + 1).join(' ').toLowerCase())) return true; // prettier-ignore
  }
  return false;
}

/** The first text drawn that is not kept out. */
export function drawAllowed(draw: () => string): string {
  for (;;) {
    const text = draw();
    if (!isKeptOut(text)) return text;
  }
}
