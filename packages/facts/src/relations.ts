import { SakeError } from '@sakejs/spec';

/** What kind of thing stands in a subject or object column. */
export type EntityType =
  | 'person'
  | 'city'
  | 'country'
  | 'place'
  | 'continent'
  | 'company'
  | 'organization'
  | 'group'
  | 'language'
  | 'religion'
  | 'occupation'
  | 'office'
  | 'position'
  | 'sport'
  | 'instrument'
  | 'genre'
  | 'field'
  | 'product'
  | 'work'
  | 'network'
  | 'label'
  | 'university'
  | 'currency'
  | 'star'
  | 'constellation'
  | 'character'
  | 'species'
  | 'year'
  | 'class'
  | 'thing';

/** One relation of the fact tables. */
export interface Relation {
  /** Wikidata's property id (`P103`) where there is one, else a stable id of this package (`lre-…`). */
  readonly id: string;
  /** The relation's name in the field, e.g. `native language`. */
  readonly label: string;
  /** What most subjects are. */
  readonly subjectType: EntityType;
  /** What most objects are. */
  readonly objectType: EntityType;
  /** Where the relation is defined: `wikidata:P103` or `lre:country_largest_city`. */
  readonly sourceRelation: string;
}

type Row = readonly [id: string, label: string, subjectType: EntityType, objectType: EntityType];

const wikidata: readonly Row[] = [
  ['P17', 'country', 'place', 'country'],
  ['P19', 'place of birth', 'person', 'city'],
  ['P20', 'place of death', 'person', 'city'],
  ['P22', 'father', 'person', 'person'],
  ['P25', 'mother', 'person', 'person'],
  ['P27', 'country of citizenship', 'person', 'country'],
  ['P30', 'continent', 'place', 'continent'],
  ['P31', 'instance of', 'thing', 'class'],
  ['P36', 'capital', 'place', 'city'],
  ['P37', 'official language', 'place', 'language'],
  ['P38', 'currency', 'country', 'currency'],
  ['P39', 'position held', 'person', 'office'],
  ['P59', 'constellation', 'star', 'constellation'],
  ['P69', 'educated at', 'person', 'university'],
  ['P101', 'field of work', 'person', 'field'],
  ['P103', 'native language', 'person', 'language'],
  ['P106', 'occupation', 'person', 'occupation'],
  ['P108', 'employer', 'person', 'organization'],
  ['P127', 'owned by', 'thing', 'organization'],
  ['P131', 'located in the administrative territorial entity', 'place', 'place'],
  ['P136', 'genre', 'person', 'genre'],
  ['P138', 'named after', 'thing', 'thing'],
  ['P140', 'religion', 'person', 'religion'],
  ['P159', 'headquarters location', 'company', 'city'],
  ['P169', 'chief executive officer', 'company', 'person'],
  ['P176', 'manufacturer', 'product', 'company'],
  ['P178', 'developer', 'product', 'company'],
  ['P190', 'twinned administrative body', 'city', 'city'],
  ['P264', 'record label', 'person', 'label'],
  ['P276', 'location', 'thing', 'place'],
  ['P279', 'subclass of', 'class', 'class'],
  ['P361', 'part of', 'thing', 'thing'],
  ['P364', 'original language of film or TV show', 'work', 'language'],
  ['P407', 'language of work or name', 'work', 'language'],
  ['P413', 'position played', 'person', 'position'],
  ['P449', 'original broadcaster', 'work', 'network'],
  ['P463', 'member of', 'organization', 'organization'],
  ['P495', 'country of origin', 'work', 'country'],
  ['P641', 'sport', 'person', 'sport'],
  ['P740', 'location of formation', 'group', 'city'],
  ['P937', 'work location', 'person', 'city'],
  ['P1001', 'applies to jurisdiction', 'thing', 'place'],
  ['P1303', 'instrument', 'person', 'instrument'],
  ['P1376', 'capital of', 'city', 'place'],
  ['P1412', 'languages spoken, written or signed', 'person', 'language'],
];

const own: readonly (readonly [...Row, source: string])[] = [
  ['lre-archnemesis', 'archnemesis', 'character', 'character', 'superhero_archnemesis'],
  ['lre-evolution', 'evolves into', 'species', 'species', 'pokemon_evolutions'],
  ['lre-largest-city', 'largest city', 'country', 'city', 'country_largest_city'],
  ['lre-lead-singer', 'lead singer of', 'person', 'group', 'person_band_lead_singer'],
  ['lre-president-birth-year', 'year of birth', 'person', 'year', 'presidents_birth_year'],
  ['lre-president-election-year', 'year of election', 'person', 'year', 'presidents_election_year'],
  ['lre-secret-identity', 'secret identity', 'character', 'person', 'superhero_person'],
];

const all: readonly Relation[] = Object.freeze([
  ...wikidata.map(([id, label, subjectType, objectType]) =>
    Object.freeze({ id, label, subjectType, objectType, sourceRelation: `wikidata:${id}` }),
  ),
  ...own.map(([id, label, subjectType, objectType, source]) =>
    Object.freeze({ id, label, subjectType, objectType, sourceRelation: `lre:${source}` }),
  ),
]);
const byId: ReadonlyMap<string, Relation> = new Map(all.map((relation) => [relation.id, relation]));

/** Every relation that has a table, Wikidata's first, by number. */
export function relations(): readonly Relation[] {
  return all;
}

/**
 * The relation of an id.
 *
 * @throws {SakeError} `not-found` for an id without a table.
 */
export function relation(id: string): Relation {
  const found = byId.get(id);
  if (found === undefined)
    throw new SakeError(
      'not-found',
      `relation: expected the id of a fact table, got ${JSON.stringify(id)}; relations() lists all ${all.length}`,
      { details: { id } },
    );
  return found;
}
