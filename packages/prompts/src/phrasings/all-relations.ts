import { birthplace } from './birthplace.js';
import { capital } from './capital.js';
import { capitalOf } from './capital-of.js';
import { chiefExecutive } from './chief-executive.js';
import { citizenship } from './citizenship.js';
import { constellation } from './constellation.js';
import { continent } from './continent.js';
import { country } from './country.js';
import { countryOfOrigin } from './country-of-origin.js';
import { currency } from './currency.js';
import { deathPlace } from './death-place.js';
import { developer } from './developer.js';
import { district } from './district.js';
import { employer } from './employer.js';
import { evolution } from './evolution.js';
import { father } from './father.js';
import { field } from './field.js';
import { formationPlace } from './formation-place.js';
import { genre } from './genre.js';
import { headquarters } from './headquarters.js';
import { instrument } from './instrument.js';
import { largestCity } from './largest-city.js';
import { location } from './location.js';
import { manufacturer } from './manufacturer.js';
import { membership } from './membership.js';
import { mother } from './mother.js';
import { namesake } from './namesake.js';
import { nativeLanguage } from './native-language.js';
import { network } from './network.js';
import { occupation } from './occupation.js';
import { officeHeld } from './office-held.js';
import { officialLanguage } from './official-language.js';
import { originalLanguage } from './original-language.js';
import { owner } from './owner.js';
import { position } from './position.js';
import { recordLabel } from './record-label.js';
import { religion } from './religion.js';
import { spokenLanguage } from './spoken-language.js';
import { sport } from './sport.js';
import { twinCity } from './twin-city.js';
import { university } from './university.js';
import { workLanguage } from './work-language.js';
import { workplace } from './workplace.js';
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
  formationPlace,
  genre,
  spokenLanguage,
  field,
  employer,
  owner,
  workplace,
  officeHeld,
  workLanguage,
  namesake,
  district,
  location,
  sport,
  twinCity,
  membership,
  recordLabel,
  currency,
  university,
  father,
  mother,
  chiefExecutive,
  capitalOf,
  largestCity,
  constellation,
  evolution,
];
