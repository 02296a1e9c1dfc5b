import { relation as relationOf, type Fact } from '@sakejs/facts';

/** Facts that make a label a country or a city. */
const ENOUGH = 3;

/**
 * Whether an object is of the kind that a relation asks for, as far as the facts tell. The tables have people born in
 * France beside those born in Paris; an edit shall not move someone's birth from a city to a country.
 */
export function createKindCheck(facts: readonly Fact[]): (object: string, relation: string) => boolean {
  const uses = { country: new Map<string, number>(), city: new Map<string, number>() };
  for (const { relation, object } of facts) {
    const { objectType } = relationOf(relation);
    if (objectType === 'country' || objectType === 'city')
      uses[objectType].set(object, (uses[objectType].get(object) ?? 0) + 1);
  }
  const isA = (kind: keyof typeof uses, object: string): boolean => (uses[kind].get(object) ?? 0) >= ENOUGH;
  return (object, relation) => {
    const { objectType } = relationOf(relation);
    if (objectType === 'place' || objectType === 'thing') return true;
    const kind = isA('country', object) ? 'country' : isA('city', object) ? 'city' : undefined;
    return kind === undefined || kind === objectType;
  };
}
