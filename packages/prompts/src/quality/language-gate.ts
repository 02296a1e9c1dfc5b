import { SakeError } from '@sakejs/spec';
import { foldedWords } from './folded-words.js';
import type { Candidate, GateContext, QualityGate } from './quality-gate.js';

/** Languages whose function words are known. */
export type PromptLanguage = 'en' | 'de' | 'es' | 'fr' | 'it' | 'nl' | 'pt';

/** Frequent function words, folded; words that two of the languages share tell nothing and cancel out. */
const functionWords: Readonly<Record<PromptLanguage, string>> = {
  en: 'the of and to in is was that it for on with as his her their by at from this are were be an has had which who what where when how not or its does did they he she you we',
  de: 'der die das den dem des und ist war ein eine einer eines von vom zu zum zur mit auf fur im am aus als auch nicht sich wird wurde wer wo welche welcher welches seine ihre hat bei nach uber',
  es: 'el la los las de del y es fue un una que en por para con su sus se como quien donde cual cuando al lo mas esta son era',
  fr: 'le la les de du des et est etait un une que qui dans pour par avec sur son sa ses au aux ou quel quelle en ce cette il elle se ne pas',
  it: 'il lo la gli le di del della dei delle e un una uno che in per con su suo sua nel nella dove quale chi al alla si non come sono era',
  nl: 'de het een van en is was in op te dat die voor met zijn haar bij uit naar ook niet wie waar welke hoe wordt werd aan door als',
  pt: 'o a os as de do da dos das e um uma que em no na por para com seu sua se como quem onde qual ao nao foi era sao',
};

const wordSets = new Map(
  Object.entries(functionWords).map(([language, words]) => [language, new Set(words.split(' '))]),
) as ReadonlyMap<PromptLanguage, ReadonlySet<string>>;

/** Function words of another language, beyond those of the expected one, from which a text counts as foreign. */
const lead = 2;

export interface LanguageOptions {
  /** The language that prompts are written in. Default `en`. */
  readonly language?: PromptLanguage;
}

/**
 * Drops texts in another script or language than the expected one.
 *
 * Names aside (subject, objects), most letters must be Latin, and no other known language may have 2 distinct function
 * words more in the text than the expected one has. A coarse sieve: short texts, texts without function words, and
 * languages that it does not know (`PromptLanguage`) pass wherever they are written in Latin letters.
 *
 * @throws {SakeError} `invalid-option` for a language without function words here.
 */
export function languageIs({ language = 'en' }: LanguageOptions = {}): QualityGate {
  const expected = wordSets.get(language);
  if (expected === undefined)
    throw new SakeError(
      'invalid-option',
      `languageIs: expected one of ${[...wordSets.keys()].join(', ')}, got ${JSON.stringify(language)}`,
    );
  return {
    name: 'language',
    check: (candidate, context) => {
      const text = withoutNames(candidate, context);
      if (!isLatin(text)) return false;
      const words = new Set(foldedWords(text));
      const own = hits(words, expected);
      return [...wordSets].every(([other, set]) => other === language || hits(words, set) < own + lead);
    },
  };
}

function withoutNames({ text }: Candidate, { subjects, objects }: GateContext): string {
  return [...subjects, ...objects].reduce((rest, name) => rest.replaceAll(name, () => ' '), text);
}

function isLatin(text: string): boolean {
  const letters = text.match(/\p{L}/gu) ?? [];
  const latin = text.match(/\p{Script=Latin}/gu) ?? [];
  return 2 * latin.length >= letters.length;
}

function hits(words: ReadonlySet<string>, of: ReadonlySet<string>): number {
  let count = 0;
  for (const word of words) if (of.has(word)) count++;
  return count;
}
