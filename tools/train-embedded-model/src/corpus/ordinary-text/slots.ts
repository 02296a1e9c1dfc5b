import type { Random } from '@sakejs/spec';
import { adjectives, adverbs, fields, moods, openers, places, times } from './describing-words.js';
import { inflectNoun, withArticle, type VerbForms } from './inflection.js';
import * as names from './made-up-names.js';
import { foodNouns, massNouns, months, nouns, weekdays } from './nouns.js';
import * as numbers from './numbers-and-dates.js';
import { verbLists } from './verbs.js';

/** Draws the text of one slot. */
export type Slot = (random: Random) => string;

const slots = new Map<string, Slot>();

function list(name: string, values: readonly string[]): void {
  slots.set(name, (random) => random.pick(values));
}

// {thing}, {things}, {dishes} and so on; {noun} and {nouns} are any but roles.
const inflected = Object.entries(nouns).map(([kind, entries]) => [kind, entries.map(inflectNoun)] as const);
for (const [kind, entries] of inflected) {
  list(kind, entries.map(({ singular }) => singular)); // prettier-ignore
  list(inflectNoun(kind).plural, entries.map(({ plural }) => plural)); // prettier-ignore
}
const impersonal = inflected.filter(([kind]) => kind !== 'role').flatMap(([, entries]) => entries);
list('noun', impersonal.map(({ singular }) => singular)); // prettier-ignore
list('nouns', impersonal.map(({ plural }) => plural)); // prettier-ignore
list('food', foodNouns);
list('mass', massNouns);

// {handle}, {handle.past} and so on.
const forms: readonly (keyof VerbForms)[] = ['third', 'past', 'participle', 'gerund'];
for (const [kind, verbs] of Object.entries(verbLists)) {
  list(kind, verbs.map(({ base }) => base)); // prettier-ignore
  for (const form of forms) list(`${kind}.${form}`, verbs.map((verb) => verb[form])); // prettier-ignore
}

for (const [name, values] of Object.entries({
  adj: adjectives,
  mood: moods,
  adv: adverbs,
  opener: openers,
  where: places,
  when: times,
  field: fields,
  month: months,
  weekday: weekdays,
  he: ['he', 'she', 'they', 'we', 'I', 'you', 'nobody', 'everyone', 'somebody'],
  his: ['his', 'her', 'their', 'our', 'my', 'your'],
  him: ['him', 'her', 'them', 'us', 'me'],
  he3: ['he', 'she'],
  colour: ['red', 'blue', 'green', 'white', 'yellow', 'grey', 'black', 'brown', 'pale green', 'dark blue'],
  number: [
    'two',
    'three',
    'four',
    'five',
    'six',
    'seven',
    'eight',
    'nine',
    'ten',
    'eleven',
    'twelve',
    'twenty',
  ],
  season: ['spring', 'summer', 'autumn', 'winter'],
  relative: ['father', 'mother', 'sister', 'brother', 'wife', 'husband', 'daughter', 'son', 'cousin', 'aunt'],
  compass: ['north', 'south', 'east', 'west', 'north-east', 'south-west', 'northwest', 'southeast'],
  prep: ['in', 'on', 'under', 'behind', 'beside', 'near', 'above', 'below', 'inside', 'outside', 'against'],
  modal: ['can', 'could', 'may', 'might', 'must', 'will', 'would', 'cannot', 'will not', 'did not'],
}))
  list(name, values);

/** A title of a made-up work: an adjective with a noun, two nouns, or an action, every word with a capital. */
function title(random: Random): string {
  const draw = (slot: string): string => names.capitalizeWords(slots.get(slot)!(random));
  const form = random.integer(6);
  if (form === 0) return `The ${draw('adj')} ${draw('noun')}`;
  if (form === 1) return `${draw('noun')} and ${draw('noun')}`;
  if (form === 2) return `${draw('adj')} ${draw('nouns')} of ${names.townName(random)}`;
  if (form === 3) return `${draw('handle.gerund')} the ${draw('adj')} ${draw('thing')}`;
  if (form === 4) return `${names.capitalize(withArticle(draw('noun')))} for ${names.givenName(random)}`;
  return `${draw('adj')} ${draw('adj')} ${draw('nouns')}`;
}

/** A made-up band or ensemble, e.g. `the Rusty Lanterns`. */
function band(random: Random): string {
  const draw = (slot: string): string => names.capitalizeWords(slots.get(slot)!(random));
  return random.next() < 0.6 ? `the ${draw('adj')} ${draw('nouns')}` : `${draw('noun')} ${draw('noun')}`;
}

const drawn: Readonly<Record<string, Slot>> = {
  person: names.personName,
  given: (random) => names.givenName(random),
  surname: (random) => names.surname(random),
  initial: names.initial,
  town: names.townName,
  region: names.regionName,
  river: names.riverName,
  company: names.companyName,
  species: names.speciesName,
  acronym: names.acronym,
  foreign: names.foreignWord,
  title,
  band,
  club: (random) =>
    `${names.townName(random)} ${random.pick(['United', 'Rovers', 'Athletic', 'Wanderers', 'SK', 'FC', 'Town', '1904', 'Harriers', 'Union'])}`,
  journal: (random) =>
    `${names.capitalize(random.pick(['annals', 'journal', 'proceedings', 'bulletin', 'review', 'notes']))} of ${names.capitalizeWords(random.pick(fields))}`,
  newspaper: (random) =>
    `the ${names.townName(random)} ${random.pick(['Gazette', 'Courier', 'Herald', 'Observer', 'Post', 'Tribune', 'Echo', 'Advertiser'])}`,
  street: (random) =>
    `${names.surname(random)} ${random.pick(['Street', 'Road', 'Lane', 'Avenue', 'Row', 'Alley'])}`,
  year: (random) => String(numbers.year(random)),
  span: numbers.yearSpan,
  decade: (random) => `${numbers.between(random, 151, 202)}0s`,
  century: (random) => `${numbers.ordinal(numbers.between(random, 11, 21))} century`,
  date: numbers.date,
  day: (random) => `${numbers.between(random, 1, 28)} ${random.pick(months)}`,
  few: (random) => String(numbers.between(random, 2, 12)),
  n2: (random) => String(numbers.between(random, 13, 99)),
  n3: (random) => String(numbers.between(random, 100, 999)),
  n4: (random) => numbers.grouped(numbers.between(random, 1000, random.pick([9999, 99_999, 9_999_999]))),
  nth: (random) => numbers.ordinal(numbers.between(random, 1, 60)),
  quantity: (random) => numbers.quantity(random),
  length: (random) => numbers.quantity(random, 'length'),
  weight: (random) => numbers.quantity(random, 'weight'),
  volume: (random) => numbers.quantity(random, 'volume'),
  area: (random) => numbers.quantity(random, 'area'),
  sixtieth: (random) => String(numbers.between(random, 10, 59)),
  digits: (random) => String(numbers.between(random, 1000, 9999)),
  percent: numbers.percentage,
  score: numbers.score,
  time: numbers.clockTime,
  coordinates: numbers.coordinates,
};
for (const [name, slot] of Object.entries(drawn)) slots.set(name, slot);

/** The slot of a name, or nothing. */
export function findSlot(name: string): Slot | undefined {
  return slots.get(name);
}
