/** Another name of a person, made by a rule. */
export interface ShortName {
  readonly alias: string;
  readonly rule: 'surname' | 'initials';
}

const word = /^\p{Lu}[\p{L}'’-]+$/u;

/** `Darrieux` and `D. Darrieux` for `Danielle Darrieux`; nothing for names of other shapes. */
export function shortNames(name: string): ShortName[] {
  const words = name.split(' ');
  if (words.length < 2 || words.length > 3 || !words.every((each) => word.test(each))) return [];
  const surname = words.at(-1)!;
  const initials = words.slice(0, -1).map((each) => `${each[0]!}.`);
  return [
    { alias: surname, rule: 'surname' },
    { alias: `${initials.join(' ')} ${surname}`, rule: 'initials' },
  ];
}
