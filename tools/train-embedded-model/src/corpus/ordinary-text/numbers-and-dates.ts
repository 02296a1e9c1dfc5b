import type { Random } from '@sakejs/spec';
import { months, units } from './nouns.js';

const firstYear = 1500;
const lastYear = 2025;

/** An integer in [least, most]. */
export function between(random: Random, least: number, most: number): number {
  return least + random.integer(most - least + 1);
}

/** A year from 1500 to 2025, the recent ones more often. */
export function year(random: Random): number {
  return random.next() < 0.7 ? between(random, 1850, lastYear) : between(random, firstYear, 1849);
}

/** Two years of one life or period, joined by an en dash. */
export function yearSpan(random: Random): string {
  const start = Math.min(year(random), lastYear - 20);
  return `${start}–${Math.min(start + between(random, 1, 90), lastYear)}`;
}

/** A day, month and year in one of four usual orders. */
export function date(random: Random): string {
  const [day, month] = [between(random, 1, 28), random.pick(months)];
  const form = random.next();
  if (form < 0.45) return `${day} ${month} ${year(random)}`;
  if (form < 0.75) return `${month} ${day}, ${year(random)}`;
  return form < 0.9
    ? `${month} ${year(random)}`
    : `${year(random)}-${twoDigits(between(random, 1, 12))}-${twoDigits(day)}`;
}

/** A number with commas between thousands. */
export function grouped(value: number): string {
  const digits = String(value);
  return digits.length <= 3 ? digits : `${grouped(Number(digits.slice(0, -3)))},${digits.slice(-3)}`;
}

/** An integer as an ordinal, e.g. `22nd`. */
export function ordinal(value: number): string {
  const ending = value % 100 > 10 && value % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${ending}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** What a {@link quantity} may measure. */
export type Measure = keyof typeof units;

const measures = Object.keys(units) as Measure[];

/** A number, whole or decimal, with a unit of any measure or of the one given. */
export function quantity(random: Random, measure: Measure = random.pick(measures)): string {
  const value =
    random.next() < 0.3
      ? `${between(random, 1, 90)}.${between(random, 1, 9)}`
      : String(between(random, 2, 950));
  return `${value} ${random.pick<string>(units[measure])}`;
}

/** A result such as `3–2`. */
export function score(random: Random): string {
  const most = random.pick([5, 5, 9, 40, 110]);
  return `${random.integer(most)}–${random.integer(most)}`;
}

/** A time of the day. */
export function clockTime(random: Random): string {
  const minute = twoDigits(random.integer(60));
  return random.next() < 0.5
    ? `${between(random, 1, 12)}:${minute} ${random.pick(['a.m.', 'p.m.'])}`
    : `${random.integer(24)}:${minute}`;
}

/** A percentage. */
export function percentage(random: Random): string {
  const value =
    random.next() < 0.5 ? `${between(random, 1, 99)}` : `${between(random, 0, 99)}.${random.integer(10)}`;
  return value + random.pick(['%', '%', ' %', ' percent', ' per cent']);
}

/** A geographic position. */
export function coordinates(random: Random): string {
  return `${between(random, 1, 79)}°${twoDigits(random.integer(60))}′${random.pick(['N', 'S'])} ${between(random, 1, 179)}°${twoDigits(random.integer(60))}′${random.pick(['E', 'W'])}`;
}
