import type { Random } from '@sakejs/spec';
import { foreignSyllables, latinParts, nameFlavours, type NameFlavour } from './name-syllables.js';

const letters = 'ABCDEFGHIJKLMNOPRSTVW';

/** One syllable of every list, joined. */
function compose(random: Random, lists: readonly (readonly string[])[]): string {
  let name = '';
  for (const list of lists) name += random.pick(list);
  return name;
}

/** A text's first letter as a capital. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Every word's first letter as a capital. */
export function capitalizeWords(text: string): string {
  return text.split(' ').map(capitalize).join(' ');
}

/** An initial, e.g. `K.`. */
export function initial(random: Random): string {
  return `${letters.charAt(random.integer(letters.length))}.`;
}

/** A made-up given name. */
export function givenName(random: Random, flavour: NameFlavour = random.pick(nameFlavours)): string {
  return compose(random, flavour.given);
}

/** A made-up surname. */
export function surname(random: Random, flavour: NameFlavour = random.pick(nameFlavours)): string {
  return compose(random, flavour.surname);
}

/** A made-up full name, some with initials, a particle, a second given name or a double surname. */
export function personName(random: Random): string {
  const flavour = random.pick(nameFlavours);
  const last = surname(random, flavour);
  const chance = random.next();
  if (chance < 0.07) return `${initial(random)} ${last}`;
  if (chance < 0.12) return `${initial(random)} ${initial(random)} ${last}`;
  const first = givenName(random, flavour);
  if (chance < 0.22) return `${first} ${initial(random)} ${last}`;
  if (chance < 0.28) return `${first} ${givenName(random, flavour)} ${last}`;
  if (chance < 0.31) return `${first} ${last}-${surname(random, flavour)}`;
  if (chance < 0.4 && flavour.particles.length > 0)
    return `${first} ${random.pick(flavour.particles)} ${last}`;
  return `${first} ${last}`;
}

const townQualifiers = [
  'Upper',
  'Lower',
  'Old',
  'Little',
  'Great',
  'Outer',
  'Nether',
  'Port',
  'Lake',
] as const;

/** A made-up town, village or district. */
export function townName(random: Random): string {
  const name = compose(random, random.pick(nameFlavours).town);
  return random.next() < 0.08 ? `${random.pick(townQualifiers)} ${name}` : name;
}

/** A made-up region or district, e.g. `Skarvikia`. */
export function regionName(random: Random): string {
  const name = compose(random, random.pick(nameFlavours).town);
  return random.pick([
    `the ${name} district`,
    `${name} County`,
    `the Duchy of ${name}`,
    `the ${name} Valley`,
    name,
  ]);
}

/** A made-up river. */
export function riverName(random: Random): string {
  const [start, end] = [
    random.pick(nameFlavours).surname[0],
    ['a', 'en', 'ara', 'ava', 'el', 'isk', 'orra', 'une'],
  ];
  return compose(random, [start, end]);
}

/** A made-up company. */
export function companyName(random: Random): string {
  const name = random.next() < 0.5 ? surname(random) : townName(random);
  return `${name} ${random.pick(['Works', '& Sons', 'Brothers', 'Ltd.', 'Mills', 'Group', 'Shipping Co.', 'Foundry', 'Trading Company', 'Instruments', 'AB', 'S.p.A.', 'GmbH', 'Inc.'])}`;
}

/** A made-up Latin name of a species, e.g. `Leptocera maculosa`. */
export function speciesName(random: Random): string {
  return `${compose(random, latinParts.genus)} ${compose(random, latinParts.species)}`;
}

/** A made-up all-capitals acronym of three to five letters. */
export function acronym(random: Random): string {
  let name = '';
  for (let left = 3 + random.integer(3); left > 0; left--)
    name += letters.charAt(random.integer(letters.length));
  return name;
}

/** A made-up lower-case word of two to four syllables, often with diacritics. */
export function foreignWord(random: Random): string {
  let word = '';
  for (let left = 2 + random.integer(3); left > 0; left--) word += random.pick(foreignSyllables);
  return word;
}
