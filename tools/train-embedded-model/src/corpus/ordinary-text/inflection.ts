/** A verb in the forms that frames need. */
export interface VerbForms {
  readonly base: string;
  /** Third person singular, present. */
  readonly third: string;
  readonly past: string;
  readonly participle: string;
  readonly gerund: string;
}

const endsInConsonantY = /[^aeiou]y$/;
const sibilant = /(s|x|z|ch|sh|o)$/;

function third(base: string): string {
  if (endsInConsonantY.test(base)) return `${base.slice(0, -1)}ies`;
  return sibilant.test(base) ? `${base}es` : `${base}s`;
}

function regularPast(base: string): string {
  if (endsInConsonantY.test(base)) return `${base.slice(0, -1)}ied`;
  return base.endsWith('e') ? `${base}d` : `${base}ed`;
}

function gerund(base: string): string {
  if (base.endsWith('ie')) return `${base.slice(0, -2)}ying`;
  return base.endsWith('e') && !/[eo]e$/.test(base) ? `${base.slice(0, -1)}ing` : `${base}ing`;
}

/** The verbs whose past is irregular and whose last letter doubles before -ing. */
const doubles = new Set(['dig', 'run', 'cut', 'swim', 'spin', 'forget']);

/** All forms of an entry `base`, `base+` (last letter doubles) or `base/past/participle`; words after the first stay. */
export function inflectVerb(entry: string): VerbForms {
  const [head = '', ...rest] = entry.split(' ');
  const tail = rest.length === 0 ? '' : ` ${rest.join(' ')}`;
  const [marked = '', past, participle] = head.split('/');
  const base = marked.replace('+', '');
  const stem = marked.endsWith('+') || doubles.has(base) ? base + base.at(-1) : base;
  return {
    base: base + tail,
    third: third(base) + tail,
    past: (past ?? regularPast(stem)) + tail,
    participle: (participle ?? past ?? regularPast(stem)) + tail,
    gerund: gerund(stem) + tail,
  };
}

/** Singular and plural of an entry `noun` or `noun/plural`. */
export function inflectNoun(entry: string): { readonly singular: string; readonly plural: string } {
  const [singular = '', plural] = entry.split('/');
  if (plural !== undefined) return { singular, plural };
  if (endsInConsonantY.test(singular)) return { singular, plural: `${singular.slice(0, -1)}ies` };
  if (singular.endsWith('man')) return { singular, plural: `${singular.slice(0, -3)}men` };
  return { singular, plural: /(s|x|z|ch|sh)$/.test(singular) ? `${singular}es` : `${singular}s` };
}

const anBefore = /^([aeio]|u(?!nan|ni|se|ti)|ho(nest|ur)|8|1[18](?!\d))/i;

/** The text with `a` or `an` in front. */
export function withArticle(text: string): string {
  return `${anBefore.test(text) && !/^(one|eu)/i.test(text) ? 'an' : 'a'} ${text}`;
}
