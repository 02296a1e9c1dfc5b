/** What kind of thing a relation's subjects are. */
export type SubjectKind = 'person' | 'people' | 'place' | 'organisation' | 'product' | 'work' | 'event';

/** The ways this package words one relation; all of them are its own wording. */
export interface RelationPhrasings {
  /** Wikidata property, e.g. `P103`. */
  readonly relation: string;
  /** The relation in a few words, for messages. */
  readonly label: string;
  /** What its subjects are; relations that share a kind can be asked of one subject. */
  readonly subjectKinds: readonly SubjectKind[];
  /** Texts with `{}` once, that end where `' ' + object` follows. */
  readonly statements: readonly string[];
  /** Questions with `{}` once, answered by the object. */
  readonly questions: readonly string[];
  /**
   * Noun phrases with `{}` once that stand for the object, in lower case where they begin with
   * an article: `the country that {} is a citizen of`. For two-hop statements.
   */
  readonly descriptions?: readonly string[];
}
