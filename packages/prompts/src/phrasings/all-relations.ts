import { birthplace } from './birthplace.js';
import { capital } from './capital.js';
import { citizenship } from './citizenship.js';
import { continent } from './continent.js';
import { country } from './country.js';
import { countryOfOrigin } from './country-of-origin.js';
import { deathPlace } from './death-place.js';
import { developer } from './developer.js';
import { headquarters } from './headquarters.js';
import { instrument } from './instrument.js';
import { manufacturer } from './manufacturer.js';
import { nativeLanguage } from './native-language.js';
import { network } from './network.js';
import { occupation } from './occupation.js';
import { officialLanguage } from './official-language.js';
import { originalLanguage } from './original-language.js';
import { position } from './position.js';
import { religion } from './religion.js';
import type { RelationPhrasings } from './relation-phrasings.js';

/** The phrasings of every relation that the template source knows. */
export const relationPhrasings: readonly RelationPhrasings[] = [
  nativeLanguage,
  citizenship,
  birthplace,
  deathPlace,
  occupation,
  religion,
  position,
  instrument,
  capital,
  country,
  continent,
  officialLanguage,
  headquarters,
  manufacturer,
  developer,
  originalLanguage,
  countryOfOrigin,
  network,
];
